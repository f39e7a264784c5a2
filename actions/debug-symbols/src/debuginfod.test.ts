import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { HttpRequest, HttpResponse, Transport } from "@release-actions/http";
import { silentReporter } from "@release-actions/report";
import { debugFileUrl, requireServed } from "./debuginfod.ts";
import { elfWith } from "./elf-fixture.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";
const FILE = elfWith(ID, { debug: true });

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Returns the answers in order, then repeats the last one. */
function serverOf(...answers: Answer[]): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  const transport = async ({ url }: HttpRequest): Promise<HttpResponse> => {
    const {
      status,
      headers = {},
      body = Buffer.alloc(0),
    } = answers[Math.min(asked.length, answers.length - 1)] ?? { status: 500 };
    asked.push(url.href);
    // A real transport returns Node's `IncomingMessage`; the code under test only reads it as a stream.
    return { status, headers, url, body: Readable.from([body]) as HttpResponse["body"] };
  };
  return { transport, asked };
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "served-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (transport: Transport): Promise<void> =>
  requireServed(ID, {
    url: "https://debuginfod.example/",
    transport,
    reporter: silentReporter,
    signal: new AbortController().signal,
    folder,
    patience: { budgetMs: 2000, firstPauseMs: 1, longestPauseMs: 10 },
  });

describe("requireServed", () => {
  test("asks for the build id", async () => {
    const { transport, asked } = serverOf({ status: 200, body: FILE });
    await ask(transport);
    expect(asked).toEqual([`https://debuginfod.example/buildid/${ID}/debuginfo`]);
  });

  test.each<[string, Answer[]]>([
    ["waits until the file is available", [{ status: 404 }, { status: 503 }, { status: 200, body: FILE }]],
    [
      "reads a file that was compressed for the transfer",
      [{ status: 200, headers: { "content-encoding": "gzip" }, body: gzipSync(FILE) }],
    ],
    [
      "follows a redirect to a storage service",
      [
        { status: 302, headers: { location: "https://storage.example/x" } },
        { status: 200, body: FILE },
      ],
    ],
  ])("%s", async (_case, answers) => {
    const { transport, asked } = serverOf(...answers);
    await ask(transport);
    expect(asked).toHaveLength(answers.length);
  });

  test.each<[string, Answer, RegExp]>([
    [
      "does not have the file (misleads 19)",
      { status: 404 },
      /asking debuginfod\.example .* failed after (one try|\d+ tries): (\d+ x )?debuginfod\.example answered 404/,
    ],
    ["asks for a login", { status: 401 }, /answered 401, expected the file/],
    [
      "sends an HTML page (F13)",
      { status: 200, body: Buffer.from("<html>log in") },
      /answers with no ELF file: <html>log in/,
    ],
    [
      "sends another file",
      { status: 200, body: elfWith("00ff", { debug: true }) },
      /an ELF file without that build id/,
    ],
    ["sends a stripped file", { status: 200, body: elfWith(ID, { debug: false }) }, /a stripped file of that build id/],
    ["sends half a file", { status: 200, body: FILE.subarray(0, 100) }, /a broken ELF file/],
    [
      "redirects away from HTTPS (F16)",
      { status: 302, headers: { location: "http://storage.example/" } },
      /answered 302/,
    ],
    ["redirects in circles", { status: 302, headers: { location: "https://debuginfod.example/" } }, /answered 302/],
    [
      "uses an encoding that was not requested",
      { status: 200, headers: { "content-encoding": "x" } },
      /encoding x, which was not requested/,
    ],
  ])("fails when the server %s", async (_case, answer, message) => {
    await expect(ask(serverOf(answer).transport)).rejects.toThrow(message);
  });
});

describe("debugFileUrl", () => {
  test("keeps the path of the server's URL", () => {
    expect(debugFileUrl("https://symbols.example/project//", ID).href).toBe(
      `https://symbols.example/project/buildid/${ID}/debuginfo`,
    );
  });

  test("refuses text that is not a URL", () => {
    expect(() => debugFileUrl("symbols.example", ID)).toThrow("expected a URL");
  });
});
