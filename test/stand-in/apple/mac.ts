import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Behaviour, Call } from "./programs/state.ts";

const BIN = path.join(import.meta.dirname, "bin");

/** A machine with stand-ins for `xcrun`, `security` and `codesign` first on its PATH. */
export class Mac implements AsyncDisposable {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  static async open(behaviour: Behaviour = {}): Promise<Mac> {
    const mac = new Mac(await mkdtemp(path.join(tmpdir(), "mac-")));
    await mac.#installPrograms();
    await mac.behave(behaviour);
    return mac;
  }

  async behave(behaviour: Behaviour): Promise<void> {
    await writeFile(path.join(this.folder, "behaviour.json"), JSON.stringify(behaviour));
  }

  /** The variables for a step that runs on this machine. */
  get env(): Record<string, string> {
    return { PATH: [this.#bin, process.env["PATH"] ?? ""].join(path.delimiter) };
  }

  get #bin(): string {
    return path.join(this.folder, "bin");
  }

  /** Installs the programs with their folder written into them, because a step passes only few variables to programs. */
  async #installPrograms(): Promise<void> {
    await mkdir(this.#bin);
    for (const name of await readdir(BIN)) {
      const script = `#!/bin/sh\nAPPLE_STAND_IN='${this.folder}' exec '${path.join(BIN, name)}' "$@"\n`;
      await writeFile(path.join(this.#bin, name), script, { mode: 0o755 });
    }
  }

  /** Every start of a stand-in program, in order. */
  async calls(): Promise<Call[]> {
    const text = await readFile(path.join(this.folder, "calls.jsonl"), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Call);
  }

  /** Every command line so far, to check that no secret was on one. */
  async argv(): Promise<string> {
    return (await this.calls()).map(({ program, args }) => [program, ...args].join(" ")).join("\n");
  }

  async searchList(): Promise<string[]> {
    const text = await readFile(path.join(this.folder, "search-list.json"), "utf8").catch(() => "[]");
    return JSON.parse(text) as string[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
