import { describe, expect, it } from "vitest";
import { covers, lifeOf, type Post, TicketBroker, TicketRefused, TicketUnavailable, type TicketWish } from "./tickets";

const HOUR = 3_600_000_000;

function token(lifeS: number): string {
  const claims = btoa(JSON.stringify({ iat: 1000, exp: 1000 + lifeS, name: "x" })).replaceAll("=", "");
  return `e30.${claims}.sig`;
}

function broker(answer: (body: Record<string, unknown>) => { status: number; text: string }) {
  const bodies: Record<string, unknown>[] = [];
  let nowMs = 0;
  const post: Post = async (body) => {
    bodies.push(JSON.parse(body));
    return answer(bodies.at(-1)!);
  };
  const made = new TicketBroker(post, () => nowMs);
  return { broker: made, bodies, pass: (ms: number) => (nowMs += ms) };
}

const grant = () => ({ status: 200, text: JSON.stringify({ ticket: token(600) }) });
const live: TicketWish = { right: "live", recorder: "nvr-1", cameras: ["a", "b"] };
const look: TicketWish = { right: "playback", recorder: "nvr-1", cameras: ["a"], fromUs: 2.5 * HOUR, toUs: 2.6 * HOUR };

describe("tickets", () => {
  it("are asked for once and shared", async () => {
    const { broker: b, bodies } = broker(grant);
    const [first, second] = await Promise.all([b.ticket(live), b.ticket({ ...live })]);
    expect(first.text).toBe(second.text);
    await b.ticket({ ...live, cameras: ["b"] });
    expect(bodies).toEqual([{ right: "live", recorder: "nvr-1", cameras: ["a", "b"], from_us: null, to_us: null }]);
  });

  it("cover whole hours, so that a near look needs no other", async () => {
    const { broker: b, bodies } = broker(grant);
    await b.ticket(look);
    await b.ticket({ ...look, fromUs: 2.1 * HOUR, toUs: 2.2 * HOUR });
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({ from_us: 2 * HOUR, to_us: 3 * HOUR });
    await b.ticket({ ...look, toUs: 3.5 * HOUR });
    expect(bodies).toHaveLength(2);
  });

  it("tell the period they were given for", async () => {
    const text = JSON.stringify({ ticket: token(600), from_us: 2.4 * HOUR, to_us: 3 * HOUR });
    const { broker: b, bodies } = broker(() => ({ status: 200, text }));
    expect(await b.ticket(look)).toMatchObject({ fromUs: 2.4 * HOUR, toUs: 3 * HOUR });
    // A shorter period than asked for is an answer: asking again would give the same.
    await b.ticket(look);
    expect(bodies).toHaveLength(1);
  });

  it("are asked for anew in their last minute, and when a fresh one is wanted", async () => {
    const { broker: b, bodies, pass } = broker(grant);
    await b.ticket(live);
    pass(539_000);
    expect((await b.ticket(live)).lifeMs).toBe(61_000);
    pass(2000);
    await b.ticket(live);
    expect(bodies).toHaveLength(2);
    await b.ticket(live, { fresh: true });
    expect(bodies).toHaveLength(3);
  });

  it("that are refused say why and by which clause", async () => {
    const text = JSON.stringify({ error: "denied", message: "Not permitted", clause: "Đ4.2" });
    const { broker: b } = broker(() => ({ status: 403, text }));
    const refusal = await b.ticket(live).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TicketRefused);
    expect(refusal).toMatchObject({ code: "denied", message: "Not permitted", clause: "Đ4.2" });
  });

  it("that nobody answers for are not taken for refused", async () => {
    const { broker: b } = broker(() => ({ status: 502, text: "<h1>down</h1>" }));
    await expect(b.ticket(live)).rejects.toBeInstanceOf(TicketUnavailable);
  });

  it("live by their own claims, whatever this machine's clock says", () => {
    expect(lifeOf(token(600))).toBe(600_000);
    expect(lifeOf("nonsense")).toBe(60_000);
  });

  it("cover less than was wished when right, recorder, camera or period differ", () => {
    const held = { ...look, cameras: ["a", "b"] };
    expect(covers(held, look)).toBe(true);
    expect(covers(held, { ...look, right: "export" })).toBe(false);
    expect(covers(held, { ...look, recorder: "nvr-2" })).toBe(false);
    expect(covers(held, { ...look, cameras: ["c"] })).toBe(false);
    expect(covers(held, { ...look, toUs: 2.7 * HOUR })).toBe(false);
  });
});
