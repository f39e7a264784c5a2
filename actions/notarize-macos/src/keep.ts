import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseSubmissions, type Submission } from "@release-actions/notary";

const FILE = "submissions.json";

/** The submissions that an earlier run, perhaps one that was killed, wrote to the log folder. */
export async function readKept(folder: string): Promise<Submission[]> {
  const file = path.join(folder, FILE);
  return existsSync(file) ? parseSubmissions(await readFile(file, "utf8"), file) : [];
}

/** Writes to a temporary file and renames it, so that a reader never sees half of it. Calls must not overlap. */
export async function keep(folder: string, submissions: readonly Submission[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const beside = path.join(folder, `.${FILE}.${process.pid}`);
  await writeFile(beside, `${JSON.stringify(submissions, undefined, 2)}\n`);
  await rename(beside, path.join(folder, FILE));
}

/** Keeps Apple's log, whatever the verdict. Returns the file. */
export async function keepLog(folder: string, id: string, document: unknown): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${id.replace(/[^\w-]/g, "_")}.json`);
  await writeFile(file, `${JSON.stringify(document, undefined, 2)}\n`);
  return file;
}
