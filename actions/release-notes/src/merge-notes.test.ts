import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type MergeOptions, mergeNotes } from "./merge-notes.ts";

const section = (name: string, content: string): string => `<!-- section ${name} -->${content}<!-- end ${name} -->`;
/** Removes the checksum comments, which only serve to detect edited sections. */
const shown = (text: string): string => text.replace(/<!-- sum [0-9a-f]{12} -->/g, "");
const rendered = `${section("notes", "new")}\n\n${section("install", "brew")}\n`;
const DIST = "## Install widget 1.2.3\n\nRun this.\n\n## Download widget 1.2.3\n\n| a | b |";
const update: MergeOptions = { mode: "update", generated: [DIST] };
const merged = (current: string, options: Partial<MergeOptions> = {}, fresh = rendered): string =>
  shown(mergeNotes(current, fresh, { ...update, ...options }).text);

describe("mergeNotes, where there are no sections yet", () => {
  test.each<[name: string, current: string, result: string]>([
    ["no text", "", rendered],
    ["the text of cargo-dist", `${DIST}\n`, rendered],
    ["the same text after GitHub's editor", DIST.replaceAll("\n", "\r\n"), rendered],
    ["a paragraph above it", `Read this first!\n\n${DIST}\n`, `Read this first!\n\n${rendered}`],
    ["thanks below it", `${DIST}\n\nThanks!\n`, `${rendered.trimEnd()}\n\nThanks!\n`],
    ["words of a person", "A person's words.\n", `A person's words.\n\n${rendered}`],
    [
      "cargo-dist's text with one word changed",
      DIST.replace("Run this", "Run that"),
      `${DIST.replace("Run this", "Run that")}\n\n${rendered}`,
    ],
    ["cargo-dist's text as part of a longer line", `> ${DIST}`, `> ${DIST}\n\n${rendered}`],
  ])("replaces only text that cargo-dist wrote in notes with %s", (_name, current, result) => {
    expect(merged(current)).toBe(result);
  });

  test("replaces nothing in mode append, and only fills empty notes in mode keep", () => {
    expect(merged(DIST, { mode: "append" })).toBe(`${DIST}\n\n${rendered}`);
    expect(merged(DIST, { mode: "keep" })).toBe(DIST);
    expect(merged("", { mode: "keep" })).toBe(rendered);
  });
});

describe("mergeNotes, where there are sections", () => {
  test("keeps what people wrote around sections, and adds a missing section beside its neighbor", () => {
    const current = `Read this!\r\n\r\n${section("install", "old")}\r\nThanks to everybody.`;
    expect(merged(current)).toBe(
      `Read this!\r\n\r\n${section("notes", "new")}\n\n${section("install", "brew")}\r\nThanks to everybody.`,
    );
    const three = `${section("notes", "new")}\n${section("a", "1")}\n${section("z", "2")}`;
    expect(merged(`x${section("notes", "old")}y`, {}, three)).toBe(
      `x${section("notes", "new")}\n\n${section("a", "1")}\n\n${section("z", "2")}y`,
    );
  });

  test("replaces only the requested section, and adds it when it is missing", () => {
    const current = `${section("notes", "old")}\n${section("install", "old")}`;
    expect(merged(current, { only: "install" })).toBe(`${section("notes", "old")}\n${section("install", "brew")}`);
    expect(merged("Words.\n", { only: "install" })).toBe(`Words.\n\n${section("install", "brew")}\n`);
    expect(merged("", { only: "install" })).toBe(section("install", "brew"));
  });

  test("does not change a section that a person edited, and names it", () => {
    const first = mergeNotes("", rendered, update).text;
    const edited = first.replace("brew", "brew, or ask Ann");
    const again = mergeNotes(edited, rendered.replace("new", "newer"), update);
    expect(again.kept).toEqual(["install"]);
    expect(shown(again.text)).toBe(`${section("notes", "newer")}\n\n${section("install", "brew, or ask Ann")}\n`);
  });

  test("does not count line endings from GitHub's editor as a change", () => {
    const multiline = `${section("notes", "\none\ntwo\n")}\n`;
    const first = mergeNotes("", multiline, update).text.replaceAll("\n", "\r\n");
    expect(mergeNotes(first, multiline.replace("two", "three"), update).kept).toEqual([]);
  });

  test("lists the sections when the requested one does not exist", () => {
    expect(() => merged("", { only: "downloads" })).toThrow("has no section downloads, only notes, install");
  });

  test("refuses notes with an unclosed code block, because sections inside a code block are not found", () => {
    expect(() => merged(`\`\`\`sh\nrun\n\n${rendered}`)).toThrow("an unclosed code block");
  });

  test("refuses notes whose markers are broken, instead of guessing what people wrote", () => {
    expect(() => merged("<!-- section notes -->")).toThrow("the release's notes: the section notes does not end");
  });
});

describe("a person's edits between runs", () => {
  const word = fc.constantFrom("alpha", "`code`", "beta\n\n", "\r\ngamma", "## Delta\n", "| e |");
  const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((list) => ` ${list.join(" ")} `);
  const step = fc.oneof(
    fc.record({ kind: fc.constant("run" as const), version: fc.nat(3) }),
    fc.record({ kind: fc.constant("edit" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), words }),
  );

  test("are never lost", () => {
    const bodies = fc.constantFrom("", DIST, `Hello.\n\n${DIST}\n`);
    fc.assert(
      fc.property(bodies, fc.array(step, { maxLength: 8 }), (body, steps) => {
        let notes: string = body;
        const written: string[] = [];
        for (const [index, move] of steps.entries()) {
          if (move.kind === "run") {
            const fresh = `${section("notes", `\nnotes ${move.version}\n`)}\n\n${section("install", `\nbrew ${move.version}\n`)}\n`;
            notes = mergeNotes(notes, fresh, update).text;
          } else {
            const at = outsideOfMarkers(notes, Math.floor(move.at * notes.length));
            const mine = `person-${index}`;
            written.push(mine);
            notes = `${notes.slice(0, at)} ${mine}${move.words}${notes.slice(at)}`;
          }
          for (const mine of written) expect(notes).toContain(mine);
        }
        expect(mergeNotes(notes, rendered, update).text).toBe(
          mergeNotes(mergeNotes(notes, rendered, update).text, rendered, update).text,
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** Moves a position out of comments, which people do not see, and out of earlier edits. */
function outsideOfMarkers(text: string, at: number): number {
  const around = [...text.matchAll(/<!--.*?-->/gs)].find(
    ({ index, 0: whole }) => index < at && at < index + whole.length,
  );
  if (around !== undefined) return around.index;
  const word = [...text.matchAll(/person-\d+/g)].find(({ index, 0: whole }) => index < at && at < index + whole.length);
  return word?.index ?? at;
}
