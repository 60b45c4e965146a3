import { describe, expect, it } from "vitest";
import { bytes, creationOptions, requestOptions, text, toJson } from "./webauthn";

const CHALLENGE = "-_8A"; // fb ff 00: both letters that differ from plain base64

describe("webauthn", () => {
  it("reads and writes base64url without padding", () => {
    expect([...bytes(CHALLENGE)]).toEqual([0xfb, 0xff, 0x00]);
    for (let length = 0; length < 9; length++) {
      const value = Uint8Array.from({ length }, (_, index) => 255 - index);
      expect([...bytes(text(value.buffer))]).toEqual([...value]);
      expect(text(value.buffer)).not.toMatch(/[+/=]/);
    }
  });

  it("turns every id of the options into bytes", () => {
    const made = creationOptions({
      challenge: CHALLENGE,
      user: { id: "AA", name: "a" },
      excludeCredentials: [{ id: "AQ" }],
    });
    expect([...(made.user.id as Uint8Array)]).toEqual([0]);
    expect(made.excludeCredentials).toEqual([{ id: Uint8Array.of(1) }]);
    const asked = requestOptions({ challenge: CHALLENGE, allowCredentials: [{ id: "Ag" }], rpId: "localhost" });
    expect(asked.allowCredentials).toEqual([{ id: Uint8Array.of(2) }]);
    expect(asked.rpId).toBe("localhost");
  });

  it("leaves out what an answer does not have", () => {
    const buffer = Uint8Array.of(1).buffer;
    const response = { clientDataJSON: buffer, authenticatorData: buffer, signature: buffer, userHandle: null };
    const told = toJson({ id: "AQ", rawId: buffer, type: "public-key", response } as unknown as PublicKeyCredential);
    expect(told.response).toEqual({ clientDataJSON: "AQ", authenticatorData: "AQ", signature: "AQ" });
  });
});
