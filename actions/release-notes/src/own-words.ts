import { readFile } from "node:fs/promises";
import path from "node:path";
import { lineOf, type Version } from "@release-actions/channel";
import type { Reporter } from "@release-actions/report";
import { NotesError } from "./sections.ts";

/** More than GitHub accepts for the notes of a release. */
const MAX_NOTES_BYTES = 1024 * 1024;

export interface Subject {
  readonly version: Version;
  readonly tag: string;
  readonly app: string;
  readonly displayName: string;
}

/** Reads the notes files of all apps; if all apps share one file, reads it once. */
export async function readAllWords(
  pattern: string,
  subjects: readonly Subject[],
  workspace: string,
  reporter: Reporter,
): Promise<string> {
  const files = new Map(subjects.map((subject) => [notesFileName(pattern, subject), subject]));
  const texts: string[] = [];
  for (const [name, { version, displayName }] of files) {
    const text = await readOwnWords(name, version, workspace, reporter);
    if (files.size === 1) return text;
    if (text.trim() !== "") texts.push(`## ${displayName} ${version.text}\n\n${text.trim()}`);
  }
  return texts.join("\n\n");
}

/** The file name for a pattern, relative to the workspace. */
export function notesFileName(pattern: string, { version, tag, app }: Subject): string {
  return pattern
    .replaceAll("{version}", version.text)
    .replaceAll("{line}", lineOf(version))
    .replaceAll("{tag}", tag)
    .replaceAll("{app}", app);
}

/** Reads the notes file of a version. A full release must have one; a candidate or a hotfix need not. */
async function readOwnWords(name: string, version: Version, workspace: string, reporter: Reporter): Promise<string> {
  const content = await readIfThere(path.resolve(workspace, name));
  if (content === undefined) {
    if (version.prerelease === "" && version.build === "") {
      throw new NotesError(`there is no ${name}, expected the notes of ${version.text} in it`, {
        advice: "Add the file to the tagged commit, or remove the input `notes-file`.",
      });
    }
    reporter.info(`there is no ${name}, so the notes of ${version.text} are written without it`);
    return "";
  }
  if (content.byteLength > MAX_NOTES_BYTES)
    throw new NotesError(`${name} has ${content.byteLength} bytes, expected at most ${MAX_NOTES_BYTES}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw new NotesError(`${name} is not UTF-8 text`, { cause });
  }
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return undefined;
    throw new NotesError(`${file} cannot be read`, { cause: error });
  }
}
