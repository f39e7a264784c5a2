import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PINNED_TOOLS, type PinnedTool } from "@release-actions/tools";
import { updateDigests } from "./update-digests.ts";

const PINS = path.join(import.meta.dirname, "../../packages/tools/src/pinned-tools.json");

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "pins-"));
  file = path.join(folder, "pins.json");
  writeFileSync(file, readFileSync(PINS));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The pinned tools before any digest is filled in. */
function withoutDigests(): Map<string, PinnedTool> {
  return new Map(
    [...PINNED_TOOLS].map(([name, tool]) => [
      name,
      { ...tool, archive: tool.archive === undefined ? undefined : { ...tool.archive, sha256: {} } },
    ]),
  );
}

/** A server with some archives; the content of each is its URL. */
const serve = (has: (url: string) => boolean) => async (url: unknown) =>
  has(String(url)) ? new Response(String(url)) : new Response("no", { status: 404 });

describe("updateDigests", () => {
  test("fills in the digests of what can be downloaded, and nothing else", async () => {
    const said: string[] = [];
    await updateDigests(
      file,
      withoutDigests(),
      serve((url) => url.includes("just-1.58.0-x86_64-unknown-linux-musl")) as typeof fetch,
      (text) => said.push(text),
    );
    const url = "https://github.com/casey/just/releases/download/1.58.0/just-1.58.0-x86_64-unknown-linux-musl.tar.gz";
    const digest = createHash("sha256").update(url).digest("hex");
    const pins = JSON.parse(readFileSync(file, "utf8"));
    expect(pins.just.archive.sha256).toEqual({ "1.58.0/x86_64-unknown-linux-musl": digest });
    expect(said).toContain(`read ${url}`);
    expect(said.filter((line) => line.startsWith("left out")).length).toBe(3);
  });

  test("leaves the file alone, byte for byte, when nothing can be reached", async () => {
    const offline = async (): Promise<Response> => {
      throw new Error("offline");
    };
    expect(await updateDigests(file, PINNED_TOOLS, offline as typeof fetch, () => undefined)).toBe(false);
    expect(readFileSync(file, "utf8")).toBe(readFileSync(PINS, "utf8"));
  });

  test("stops when an archive no longer has the pinned digest", async () => {
    const just = PINNED_TOOLS.get("just");
    if (just?.archive === undefined) throw new Error("just has no archive");
    const sha256 = { "1.58.0/x86_64-apple-darwin": "0".repeat(64) };
    const tools = new Map([["just", { ...just, archive: { ...just.archive, sha256 } }]]);
    const all = serve(() => true) as typeof fetch;
    await expect(updateDigests(file, tools, all, () => undefined)).rejects.toThrow(
      /just 1.58.0.x86_64-apple-darwin was pinned as 0{64}/,
    );
  });
});
