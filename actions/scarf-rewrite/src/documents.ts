import { chmod, glob, lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { openReleases, type Rest } from "@release-actions/github-rest";
import { Fault } from "@release-actions/report";

/** A text with URLs that can be rewritten: a file, or the notes of a release. */
export interface Document {
  /** The name for messages: a path in the workspace, or `the notes of v1.2.3`. */
  readonly name: string;
  readonly isFile: boolean;
  /** The text; for a file, its bytes decoded as Latin-1, so that any encoding survives. */
  readonly text: string;
  /** Rewrites the current content: notes may have been edited since they were read. */
  readonly rewrite: (change: (text: string) => string) => Promise<void>;
}

export class RewriteError extends Fault {
  override readonly name = "RewriteError";
}

const MAX_BYTES = 32 * 1024 * 1024;

/** Reads the files that the globs match, sorted, each once. */
export async function readFiles(globs: readonly string[], workspace: string): Promise<readonly Document[]> {
  const names = new Set<string>();
  for (const pattern of globs) {
    const files: string[] = [];
    for await (const name of glob(pattern, { cwd: workspace })) {
      if ((await lstat(path.resolve(workspace, name))).isFile()) files.push(name);
    }
    if (files.length === 0) {
      throw new RewriteError(`no file matches ${JSON.stringify(pattern)} in ${workspace}`, {
        advice: "Correct `files`, or run this step after the one that makes the files.",
      });
    }
    for (const name of files) names.add(name);
  }
  return Promise.all([...names].sort().map((name) => readOne(name, path.resolve(workspace, name))));
}

async function readOne(name: string, file: string): Promise<Document> {
  const { size, mode } = await lstat(file);
  if (size > MAX_BYTES) throw new RewriteError(`${name} has ${size} bytes, expected a text of at most ${MAX_BYTES}`);
  const text = await readFile(file, "latin1");
  return {
    name,
    isFile: true,
    text,
    rewrite: async (change) => {
      // Write a temporary file and rename it: a step that is killed leaves the old file or the new one.
      const partial = `${file}.${process.pid}.partial`;
      try {
        await writeFile(partial, change(text), "latin1");
        await chmod(partial, mode);
        await rename(partial, file);
      } finally {
        await rm(partial, { force: true });
      }
    },
  };
}

/** Reads the notes of the release of a tag. */
export async function readNotes(tag: string, rest: Rest, repository: string): Promise<Document> {
  const releases = openReleases(rest, repository);
  const release = await releases.byTag(tag);
  if (release === undefined) throw new RewriteError(`${repository} has no release ${tag}`);
  return {
    name: `the notes of ${tag}`,
    isFile: false,
    text: release.body,
    rewrite: async (change) => {
      const latest = await releases.latest();
      const now = await releases.get(release.id);
      // Do not change which release is the latest.
      await releases.update(release.id, {
        body: change(now.body),
        makeLatest: latest?.id === release.id ? "true" : "false",
      });
    },
  };
}
