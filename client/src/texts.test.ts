import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sayCode, sayError, speaker, TEXTS } from "./texts";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith(".ts") && !path.endsWith(".test.ts") ? [path] : [];
  });
}

describe("texts", () => {
  it("are said in the page's language, in English where it has none", () => {
    const say = speaker({ play: "Phát", range: "{from} đến {to}" });
    expect(say("play")).toBe("Phát");
    expect(say("pause")).toBe("Pause");
    expect(say("range", { from: 1, to: 2 })).toBe("1 đến 2");
    expect(say("page_of", { page: 1 })).toBe("Page 1 of {pages}");
  });

  it("exist for codes of the server, with a fallback for new ones", () => {
    const say = speaker();
    expect(sayCode(say, "cause", "disk_full", "cause_unknown")).toBe("the disk was full");
    expect(sayCode(say, "error", "brand_new", "error_unknown")).toContain("brand_new");
    expect(sayError(say, "ticket_expired", "The ticket ended 5 s ago.")).toBe("The ticket has ended; reload the page.");
    expect(sayError(say, "brand_new", "In the server's words.")).toBe("In the server's words.");
    expect(sayError(say, "brand_new", "")).toContain("brand_new");
  });

  it("are all used, so that nobody translates in vain", () => {
    const code = sources(import.meta.dirname)
      .filter((path) => !path.endsWith("texts.ts"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const byCode = /^(state|cause|error)_/;
    const unused = Object.keys(TEXTS).filter((key) => !byCode.test(key) && !code.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });
});
