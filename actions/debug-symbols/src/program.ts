import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createTransport, DEFAULT_PATIENCE, retrying, type Transport, transient } from "@release-actions/http";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { getFile } from "./get.ts";

/**
 * The program that uploads: a name, a path, or the URL of a release, which is downloaded.
 *
 * @throws Fault when the download does not have the SHA-256 that the URL names
 */
export async function provideProgram(runner: ActionRunner): Promise<string> {
  const text = runner.inputs["parca-debuginfo"];
  if (!/^https?:/.test(text)) return text;
  const url = URL.parse(text);
  const [, sha256] = /^#sha256=([0-9a-f]{64})$/.exec(url?.hash ?? "") ?? [];
  // Plain HTTP is allowed on loopback only, for a mirror on the runner itself.
  const isSafe = url?.protocol === "https:" || url?.hostname === "127.0.0.1";
  if (url === null || !isSafe || sha256 === undefined) {
    throw new Fault(`the input \`parca-debuginfo\` is ${text}, expected https://…#sha256=<64 hex characters>`);
  }
  url.hash = "";
  const file = path.join(await runner.tempFolder("parca-debuginfo"), "parca-debuginfo");
  const transport = createTransport(runner.env);
  const fetchOnce = (): Promise<string> => download(url, file, transport, runner.signal);
  const found = await retrying(`fetching ${url.href}`, DEFAULT_PATIENCE, runner.signal, fetchOnce, {
    reporter: runner,
  });
  if (found === sha256) return file;
  throw new Fault(`${url.href} has SHA-256 ${found}, expected ${sha256}`, {
    advice: "Do not use it: the release or the download was changed.",
  });
}

/** Writes a program, and returns its SHA-256. */
async function download(url: URL, file: string, transport: Transport, signal: AbortSignal): Promise<string> {
  const { body } = await getFile(url, { transport, signal, mayAppear: false });
  const hash = createHash("sha256");
  try {
    body.on("data", (chunk: Buffer) => hash.update(chunk));
    await pipeline(body, createWriteStream(file, { mode: 0o755 }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw transient(url, error);
  }
  return hash.digest("hex");
}
