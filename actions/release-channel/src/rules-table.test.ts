import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { DEFAULT_RULES } from "@release-actions/channel";

test("the README's table of rules is the one in the code", () => {
  const readme = readFileSync(path.join(import.meta.dirname, "../README.md"), "utf8");
  const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(" ") || "none";
  for (const [channel, { image, npm, formula, chart }] of Object.entries(DEFAULT_RULES)) {
    const line = readme.split("\n").find((text) => text.startsWith(`| \`${channel}\` |`));
    expect(line?.split(" | ").slice(2).join(" | ")).toBe(
      `${names(image)} | ${names(npm)} | \`${formula}\` | ${names(chart)} |`,
    );
  }
});
