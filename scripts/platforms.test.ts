import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = path.join(import.meta.dirname, "..");
const COLUMNS = 6;

/** The rows of test/platforms.md below the head of its table, cell by cell. */
const rows = readFileSync(path.join(ROOT, "test/platforms.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| action "))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test("the table in platforms.md has rows", () => {
  expect(rows.length).toBeGreaterThan(3);
});

test.each(rows.map((cells) => [cells[2] ?? "", cells] as const))(
  "names existing actions and an existing place in the code: %s",
  (_fact, cells) => {
    expect(cells.length).toBe(COLUMNS);
    expect(cells.every((cell) => cell !== "")).toBe(true);
    const [action = "", , , , , place = ""] = cells;
    for (const name of action.split(", ")) {
      expect([
        name,
        existsSync(path.join(ROOT, "actions", name)) || existsSync(path.join(ROOT, ".github/workflows", name)),
      ]).toEqual([name, true]);
    }
    const [, file = "", word = ""] = /^`([^`]+)` `([^`]+)`$/.exec(place) ?? [];
    expect([place, existsSync(path.join(ROOT, file))]).toEqual([place, true]);
    expect(readFileSync(path.join(ROOT, file), "utf8")).toContain(word);
  },
);
