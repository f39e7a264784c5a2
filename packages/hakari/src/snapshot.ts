import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Environment } from "@release-actions/command";
import { HakariError } from "./fault.ts";

/** The runner's temporary folder, in which snapshots are kept until the end of the job. */
export function temporaryFolder(env: Environment): string {
  return env["RUNNER_TEMP"] || tmpdir();
}

/** Copies of files in a folder, from which another process can restore them. */
export class Snapshot {
  readonly folder: string;

  /** @param home the runner's temporary folder, in which each workspace has its own folder */
  constructor(home: string, workspaceRoot: string) {
    const key = createHash("sha256").update(path.resolve(workspaceRoot)).digest("hex").slice(0, 16);
    this.folder = path.join(home, `hakari-${key}`);
  }

  get exists(): boolean {
    return existsSync(this.#index);
  }

  /** Saves files, and also records which are absent. The index is written last, since a snapshot without it does not count. */
  async take(files: readonly string[]): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    const entries: Entry[] = [];
    for (const [at, file] of files.entries()) {
      const isThere = existsSync(file);
      if (isThere) await copyFile(file, path.join(this.folder, String(at)));
      entries.push({ file, isThere });
    }
    await writeFile(`${this.#index}.part`, JSON.stringify(entries));
    await rename(`${this.#index}.part`, this.#index);
  }

  /** Restores the files, whatever has changed, and deletes the snapshot. Returns the files that had changed. */
  async restore(): Promise<string[]> {
    const restored: string[] = [];
    for (const [at, { file, isThere }] of (await this.#entries()).entries()) {
      const now = existsSync(file) ? await readFile(file) : undefined;
      const before = isThere ? await readFile(path.join(this.folder, String(at))) : undefined;
      if (now === undefined ? before === undefined : before !== undefined && now.equals(before)) continue;
      if (before === undefined) await rm(file, { recursive: true, force: true });
      else {
        await mkdir(path.dirname(file), { recursive: true });
        // The copy gets a temporary name first and is then renamed, so that a running build sees either the old or the
        // new file.
        await copyFile(path.join(this.folder, String(at)), `${file}.restored`);
        await rename(`${file}.restored`, file);
      }
      restored.push(file);
    }
    await this.discard();
    return restored;
  }

  /** The bytes of a file when the snapshot was taken; undefined if the file was absent. */
  async before(file: string): Promise<Buffer | undefined> {
    const at = (await this.#entries()).findIndex((entry) => entry.file === file && entry.isThere);
    return at < 0 ? undefined : await readFile(path.join(this.folder, String(at)));
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  get #index(): string {
    return path.join(this.folder, "index.json");
  }

  async #entries(): Promise<Entry[]> {
    const parsed: unknown = JSON.parse(await readFile(this.#index, "utf8"));
    if (Array.isArray(parsed) && parsed.every(isEntry)) return parsed;
    throw new HakariError(`${this.#index} was changed by another program: the files cannot be restored`, {
      advice: "Check the repository out again.",
    });
  }
}

interface Entry {
  readonly file: string;
  readonly isThere: boolean;
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "file") === "string" &&
    typeof Reflect.get(value, "isThere") === "boolean"
  );
}
