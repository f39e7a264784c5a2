import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { NetworkFault } from "../../stand-in/proxy/faults.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Lane, type Outcome, type Scenario } from "./comparison.ts";

const LANES = 5;

const answer = (status: number, headers: Record<string, string> = {}, body = ""): NetworkFault => ({
  ...{ kind: "answer", status, headers, body },
});

/** A download in which faults hit the first request for content. */
const content = (title: string, ...faults: NetworkFault[]): Scenario => ({
  ...{ title, does: "download", where: "storage", faults, ours: "right" },
  pattern: { method: "GET", times: 1 },
});
const call = (does: Scenario["does"], title: string, url: RegExp, ...faults: NetworkFault[]): Scenario => ({
  ...{ title, does, where: "services", faults, ours: "right", pattern: { url, times: 1 } },
});

const html = answer(200, { "Content-Type": "text/html" }, "<html>log in");
const scenarios: readonly Scenario[] = [
  call("download", "F02: ListArtifacts reset", /ListArtifacts/, { kind: "reset" }),
  call("download", "F02: GetSignedArtifactURL reset", /GetSigned/, { kind: "reset" }),
  content("F04: body reset", { kind: "reset", after: 10_000 }),
  content("F05: end short of Content-Length", { kind: "cut", after: 10_000 }),
  content("F06: end inside chunked", { kind: "no-length", framing: "chunked" }, { kind: "cut", after: 10_000 }),
  content("F07: end that looks complete", { kind: "no-length", framing: "close" }, { kind: "cut", after: 10_000 }),
  content("F09: silence in the body", { kind: "stall", after: 10_000 }),
  content("F10: silence before the headers", { kind: "stall" }),
  content("F11: a drip", { kind: "drip", bytesPerSecond: 2000 }),
  content("F13: a page of HTML with 200", html),
  content("F14: Content-Encoding added", { kind: "gzip" }),
  content("F15: relative redirect", { kind: "redirect", to: "relative" }),
  { ...content("F17: a bit flipped", { kind: "flip", at: 1_000_000 }), pattern: { method: "GET" }, ours: /CRC|crc/ },
  call("download", "F18: 503 once", /ListArtifacts/, answer(503, {}, "{}")),
  call("download", "F20: 429 with Retry-After 1", /ListArtifacts/, answer(429, { "Retry-After": "1" }, "{}")),
  content("F23: signed URL expired", answer(403, { "x-ms-error-code": "AuthenticationFailed" })),
  {
    ...content("F25: blob gone", answer(404, { "x-ms-error-code": "BlobNotFound" })),
    pattern: {},
    ours: /no longer in the storage/,
  },
  content("F26: ServerBusy", answer(503, { "x-ms-error-code": "ServerBusy" })),
  call("download", "F34: HTML from the service", /ListArtifacts/, html),
  content("F46: empty body", { kind: "empty" }),
  {
    ...content("F47: hostile Content-Disposition", {
      kind: "headers",
      set: { "content-disposition": "filename=%zz/.." },
    }),
    pattern: {},
  },
  call("upload", "F02: CreateArtifact reset", /CreateArtifact/, { kind: "reset" }),
  call("upload", "F03: answer to Finalize lost", /FinalizeArtifact/, { kind: "lost-answer" }),
  call("upload", "F31: Finalize 502 after applying", /FinalizeArtifact/, { kind: "status", status: 502 }),
  { ...content("F27: block PUT reset", { kind: "reset" }), does: "upload", pattern: { url: /comp=block&/, times: 1 } },
  {
    ...content("F29: a block that stalls, with the client's 300 s set to 2 s", { kind: "stall" }),
    ...{
      does: "upload",
      pattern: { url: /comp=block&/, times: 1 },
      env: { ACTIONS_ARTIFACT_UPLOAD_TIMEOUT_MS: "2000" },
    },
  },
  { ...content("F28: commit 412", answer(412)), does: "upload", pattern: { url: /comp=blocklist/, times: 1 } },
];

const folder = temporaryFolder();
let lanes: Lane[];
const rows = new Map<string, { readonly ours: Outcome; readonly published: Outcome }>();

beforeAll(async () => {
  const file = path.join(folder, "restate.tar");
  await writeFile(file, randomBytes(5_000_000));
  lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(file)));
  const queue = [...scenarios];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const ours = await lane.ours(next);
        // Only our client is judged. A published client that never meets the fault still gets its row in the table.
        rows.set(next.title, { ours, published: await lane.published(next).catch(notReached) });
      }
    }),
  );
}, 600_000);

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  process.stderr.write(table());
});

describe("under the same fault as the published client, ours", () => {
  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))("%s", (title, { ours }) => {
    const outcome = rows.get(title)?.ours;
    if (ours === "right") expect(outcome).toMatchObject({ verdict: "right" });
    else expect(outcome).toMatchObject({ verdict: "refused", said: expect.stringMatching(ours) });
  });
});

function notReached(error: unknown): Outcome {
  return { verdict: "refused", said: error instanceof Error ? error.message : String(error), ms: 0 };
}

function table(): string {
  const show = ({ verdict, said, ms }: Outcome): string => {
    const text = verdict === "right" ? "right" : `${verdict}: ${said.replace(/\s+/g, " ").slice(0, 70)}`;
    return `${text} (${(ms / 1000).toFixed(1)} s)`;
  };
  const lines = scenarios.map(({ title, does }) => {
    const row = rows.get(title);
    return row === undefined ? title : `| ${does} | ${title} | ${show(row.ours)} | ${show(row.published)} |`;
  });
  return `\n| | fault | ours | @actions/artifact 6.2.1 |\n| --- | --- | --- | --- |\n${lines.join("\n")}\n\n`;
}
