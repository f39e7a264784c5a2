import { describe, expect, test } from "@jest/globals";
import { parseConfig } from "./config.ts";
import type { Relation } from "./fact.ts";
import { parseYaml } from "./locate/yaml-file.ts";

const config = (text: string) => parseConfig(parseYaml(text, "pins.yml"));
const FACTS = "facts:\n  a: { file: f, toml: x }\n  b: { file: f, toml: y }\n";

describe("pins.yml", () => {
  test("may be empty", () => {
    for (const text of ["", "# nothing\n"])
      expect(config(text)).toEqual({ detect: false, facts: [], relations: [], exceptions: [], images: new Map() });
  });

  test("says whether known facts are also detected", () => {
    expect(config("detect: true\n").detect).toBe(true);
    expect(config("detect: false\n").detect).toBe(false);
  });

  test.each<[string, unknown]>([
    ["{ file: f, toml: a.b }", { kind: "toml", path: "a.b" }],
    ["{ file: f, yaml: a.0.b }", { kind: "yaml", path: "a.0.b" }],
    ["{ file: f, json: /a/b }", { kind: "json", pointer: "/a/b" }],
    ["{ file: f, from: build }", { kind: "from", stage: "build" }],
    ["{ file: f, from: '*' }", { kind: "from", stage: undefined }],
    ["{ file: f, env: A, stage: s }", { kind: "env", name: "A", stage: "s" }],
    ["{ file: f, regex: 'v(.+)' }", { kind: "regex", pattern: /v(.+)/ }],
    ["{ git: tag }", { kind: "git-tag", strip: "v" }],
    ["{ git: tag, strip: release- }", { kind: "git-tag", strip: "release-" }],
  ])("finds a fact by %s", (text, locator) => {
    const [fact] = config(`facts:\n  a: ${text}\n`).facts;
    expect(fact).toMatchObject({ name: "a", file: text.includes("git") ? "" : "f", locator, match: undefined });
    expect(fact?.location).toMatchObject({ file: "pins.yml", line: 2 });
  });

  test("limits a fact to the group of a pattern", () => {
    expect(config("facts:\n  a: { file: f, toml: x, match: 'v(.+)' }\n").facts[0]?.match).toEqual(/v(.+)/);
  });

  test.each<[string, Partial<Relation>]>([
    ["{ leader: a, equal: b }", { name: "equal", kind: "equal", leader: "a", followers: ["b"], severity: "error" }],
    ["{ leader: a, same-minor: [b, a] }", { kind: "same-minor", followers: ["b", "a"] }],
    ["{ leader: a, at-least: b, severity: warning }", { kind: "at-least", severity: "warning" }],
    ["{ leader: a, subset: b, name: flags, advice: ask }", { name: "flags", kind: "subset", advice: "ask" }],
    ["{ pinned: [a, b] }", { kind: "pinned", leader: undefined, followers: ["a", "b"] }],
  ])("relates facts by %s", (text, expected) => {
    expect(config(`${FACTS}relations:\n  - ${text}\n`).relations).toEqual([expect.objectContaining(expected)]);
  });

  test("allows exceptions, including for detected facts", () => {
    const text = "exceptions:\n  - { fact: a, reason: r }\n  - { fact: a, reason: s, until: 2028-02-29 }\n";
    expect(config(FACTS + text).exceptions).toMatchObject([
      { fact: "a", reason: "r", until: undefined, location: { line: 5 } },
      { fact: "a", reason: "s", until: "2028-02-29" },
    ]);
    expect(config("detect: true\nexceptions:\n  - { fact: toolchain, reason: r }\n").exceptions).toHaveLength(1);
  });

  test("sets the Rust versions of images", () => {
    const { images } = config("images:\n  ghcr.io/o/i:\n    '1.0': 1.90\n    2: 1.95.0\n");
    expect([...(images.get("ghcr.io/o/i") ?? [])]).toEqual([
      ["1.0", "1.90"],
      ["2", "1.95.0"],
    ]);
  });
});

describe("errors in pins.yml are reported with their lines", () => {
  test.each<[string, string]>([
    ["- a\n", "pins.yml:1: pins.yml: expected a mapping"],
    ["detect: yes\n", "pins.yml:1: detect: expected true or false"],
    ["# x\nfoo: 1\n", 'pins.yml:2: pins.yml: unknown key "foo", expected detect, facts, relations, exceptions, images'],
    ["? [x]\n: 1\n", 'pins.yml:1: pins.yml: unknown key "", expected detect, facts, relations, exceptions, images'],
    ["facts: [a]\n", "pins.yml:1: facts: expected a mapping"],
    ["relations: {}\n", "pins.yml:1: relations: expected a list"],
    ["exceptions: x\n", "pins.yml:1: exceptions: expected a list"],
    ["images: []\n", "pins.yml:1: images: expected a mapping"],
    ["images:\n  a:\n    b: [c]\n", "pins.yml:3: b: expected a string"],
    ["facts:\n  a: x\n", "pins.yml:2: fact a: expected a mapping"],
    ["facts:\n  a:\n", "pins.yml:2: fact a: expected a mapping"],
    ["facts:\n  a: { toml: x }\n", "pins.yml:2: file of fact a: expected a string"],
    ["facts:\n  a: { file: f, toml: }\n", "pins.yml:2: toml of fact a: expected a string"],
    [
      "facts:\n  a: { file: f, toml: x, git: tag }\n",
      "pins.yml:2: fact a must have exactly one of toml, yaml, json, from, env, regex, git",
    ],
    [
      "facts:\n  a: { file: f, yaml: a..b }\n",
      'pins.yml:2: fact a: "a..b" is not a path such as workspace.package.version',
    ],
    ["facts:\n  a: { file: f, json: a }\n", 'pins.yml:2: fact a: "a" is not a JSON pointer, which starts with a slash'],
    ["facts:\n  a: { git: branch }\n", "pins.yml:2: fact a: the value of `git` must be tag"],
    ["facts:\n  a: { file: f, regex: [x] }\n", "pins.yml:2: regex of fact a: expected a string"],
    ["facts:\n  a: { file: f, toml: x, match: [x] }\n", "pins.yml:2: pattern: expected a string"],
    ["facts:\n  a: { file: f, regex: '(a)(b)' }\n", "pins.yml:2: /(a)(b)/: it has 2 groups, expected one"],
    [
      `${FACTS}relations:\n  - { leader: a }\n`,
      "pins.yml:5: a relation must have exactly one of equal, same-minor, at-least, subset, pinned",
    ],
    [
      `${FACTS}relations:\n  - { leader: a, equal: b, subset: b }\n`,
      "pins.yml:5: a relation must have exactly one of equal, same-minor, at-least, subset, pinned",
    ],
    [`${FACTS}relations:\n  - { equal: b }\n`, "pins.yml:5: a relation with `equal` must have a `leader`"],
    [
      `${FACTS}relations:\n  - { leader: a, pinned: b }\n`,
      "pins.yml:5: a relation with `pinned` must not have a `leader`",
    ],
    [`${FACTS}relations:\n  - { leader: c, equal: b }\n`, 'pins.yml:5: there is no fact "c"'],
    [`${FACTS}relations:\n  - leader: a\n    equal:\n      - b\n      - c\n`, 'pins.yml:8: there is no fact "c"'],
    [
      `${FACTS}relations:\n  - { leader: a, equal: b, severity: notice }\n`,
      "pins.yml:5: `severity` must be error or warning",
    ],
    [
      `${FACTS}relations:\n  - { pinned: a }\n  - { x: 1 }\n`,
      'pins.yml:6: relation 2: unknown key "x", expected name, leader, severity, advice, equal, same-minor, at-least, subset, pinned',
    ],
    [`${FACTS}exceptions:\n  - { fact: c, reason: r }\n`, 'pins.yml:5: there is no fact "c"'],
    [`${FACTS}exceptions:\n  - { fact: a }\n`, "pins.yml:5: reason of an exception: expected a string"],
    ["detect: true\nexceptions:\n  - { reason: r }\n", "pins.yml:3: fact of an exception: expected a string"],
    ...["2026-02-30", "2026-2-1", "20261120", "2026-11-20x", "x2026-11-20", "2027-02-29"].map(
      (day): [string, string] => [
        `${FACTS}exceptions:\n  - { fact: a, reason: r, until: ${day} }\n`,
        `pins.yml:5: "${day}" is not a day: write YYYY-MM-DD`,
      ],
    ),
  ])("%j", (text, message) => {
    expect(() => config(text)).toThrow(new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`));
  });
});
