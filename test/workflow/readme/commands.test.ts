import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { describeWith } from "../../parts.ts";
import { copyRepository } from "../../support/repository-copy.ts";
import { root } from "../repository-files.ts";
import { readBlocks } from "./blocks.ts";

const MINUTES = 60_000;

jest.setTimeout(10 * MINUTES);

/** Every shell command in our pages: either this test runs it, in this order, or `by` says what runs it. */
const LINES: Readonly<Record<string, "here" | { readonly by: string }>> = {
  "git clone https://github.com/org/actions && cd actions": "here",
  "npm run rename -- acme/release-actions": "here",
  'git commit --all --message "rename: this is acme/release-actions"': "here",
  "npm run demo": "here",
  "npm test": { by: ".ci/run, of which this test is a part" },
  "npm run release -- --remote https://github.com/acme/release-actions --dry-run": {
    by: "test/workflow/published.test.ts, which renames to the same name and pushes to a bare repository",
  },
};

const lines = readBlocks()
  .filter(({ language }) => ["console", "bash", "sh", "shell"].includes(language))
  .flatMap(({ text }) => text.trim().split("\n"));

test("every command of our pages is in the table, which says where it is run", () => {
  expect([...new Set(lines)].sort()).toEqual(Object.keys(LINES).sort());
});

test("every script that our pages name exists", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  );
  const pages = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"];
  const named = pages.flatMap((page) => [
    ...readFileSync(path.join(root, page), "utf8").matchAll(/\bnpm run (?:--silent )?([\w-]+)/g),
  ]);
  expect(named.length).toBeGreaterThan(10);
  expect(named.map(([, name = ""]) => name).filter((name) => !(name in scripts))).toEqual([]);
});

describeWith(["git", "npm"], "the commands of our pages", () => {
  test("work on a fresh machine as the pages say, in the order of the table", async () => {
    using published = await copyRepository();
    using folder = new FileTree();
    const env = {
      ...process.env,
      ...{ GIT_CONFIG_COUNT: "3", GIT_CONFIG_KEY_0: `url.${published.root}.insteadOf` },
      GIT_CONFIG_VALUE_0: "https://github.com/org/actions",
      ...{ GIT_CONFIG_KEY_1: "user.name", GIT_CONFIG_VALUE_1: "Dev" },
      ...{ GIT_CONFIG_KEY_2: "user.email", GIT_CONFIG_VALUE_2: "dev@example.com" },
    };
    const script = Object.entries(LINES).flatMap(([line, where]) => (where === "here" ? [line] : []));
    await runCommand("bash", ["-euo", "pipefail", "-c", script.join("\n")], { cwd: folder.root, env });
    const manifest = JSON.parse(readFileSync(folder.path("actions/package.json"), "utf8"));
    expect(manifest.repository).toBe("acme/release-actions");
    const log = await runCommand("git", ["log", "-1", "--format=%s"], { cwd: folder.path("actions") });
    expect(log.stdout.trim()).toBe("rename: this is acme/release-actions");
  });
});
