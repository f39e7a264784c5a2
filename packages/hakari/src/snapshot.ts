import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { HakariError } from "./fault.ts";

/** Files as they were, kept in a folder so that another process can put them back. */
export class Snapshot {
  readonly folder: string;

  /** `home` is the runner's temp; each workspace has a folder of its own in it. */
  constructor(home: string, workspaceRoot: string) {
    const key = createHash("sha256").update(path.resolve(workspaceRoot)).digest("hex").slice(0, 16);
    this.folder = path.join(home, `hakari-${key}`);
  }

  get exists(): boolean {
    return existsSync(this.#index);
  }

  /** Keeps files, absent ones too. The index comes last: without it there is no snapshot. */
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

  /** Puts the files back, whatever has become of them, and forgets them. Returns those that had changed. */
  async restore(): Promise<string[]> {
    const restored: string[] = [];
    for (const [at, { file, isThere }] of (await this.#entries()).entries()) {
      const now = existsSync(file) ? await readFile(file) : undefined;
      const before = isThere ? await readFile(path.join(this.folder, String(at))) : undefined;
      if (now === undefined ? before === undefined : before !== undefined && now.equals(before)) continue;
      if (before === undefined) await rm(file, { recursive: true, force: true });
      else {
        await mkdir(path.dirname(file), { recursive: true });
        // Beside and renamed, so that a build that reads it sees one or the other.
        await copyFile(path.join(this.folder, String(at)), `${file}.restored`);
        await rename(`${file}.restored`, file);
      }
      restored.push(file);
    }
    await this.discard();
    return restored;
  }

  /** The bytes of a file when the snapshot was taken; nothing when it was absent. */
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
