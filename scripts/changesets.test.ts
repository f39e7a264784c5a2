import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";

const root = path.dirname(import.meta.dirname);
const text = (file: string): string => readFileSync(path.join(root, file), "utf8");

test("changesets name packages of the workspace, since another name would block the release", () => {
  const names = globSync("{actions,packages}/*/package.json", { cwd: root }).map((file) => JSON.parse(text(file)).name);
  const wrong = globSync(".changeset/*.md", { cwd: root }).flatMap((file) => {
    const [, head = ""] = /^---\n([\s\S]*?)\n---\n/.exec(text(file)) ?? [];
    return [...head.matchAll(/^"?([^":]+)"?: /gm)].flatMap(([, name]) =>
      names.includes(name) ? [] : `${file}: ${name}`,
    );
  });
  expect(wrong).toEqual([]);
});
