import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** The values that the files of a new action are made from. */
export interface NewAction {
  /** A verb and a noun in kebab-case, such as `check-digest`. */
  readonly name: string;
  /** `owner/name` of this repository. */
  readonly repository: string;
}

const TEMPLATE = path.join(import.meta.dirname, "template");

/**
 * The files of a new action, by their path in the repository: those in the folder `template`, without `.txt`, with the
 * values in place of `{{name}}`. The action is small, but it works and has tests and documentation.
 */
export function newActionFiles({ name, repository }: NewAction): Record<string, string> {
  const words = name.replaceAll("-", " ");
  const values: Readonly<Record<string, string>> = {
    name,
    repository,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    verb: name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  };
  const fill = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? "");
  const files = globSync([".changeset/*.txt", "**/*.txt"], { cwd: TEMPLATE }).sort();
  return Object.fromEntries(
    files.map((file) => [fill(file.replace(/\.txt$/, "")), fill(readFileSync(path.join(TEMPLATE, file), "utf8"))]),
  );
}
