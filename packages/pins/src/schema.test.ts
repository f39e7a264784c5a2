import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { parseConfig } from "./config.ts";
import { parseYaml } from "./locate/yaml-file.ts";

const schema: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, "../schema.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(schema as object); // The content of schema.json, which `compile` checks.

/** Editors and the check must accept the same files, so every row is checked by both. */
describe("schema.json and the reader of pins.yml agree", () => {
  const a = "facts:\n  a: { git: tag }\n  b: { file: f, toml: x }\n";
  test.each([
    ["", true],
    ["detect: true\n", true],
    [a, true],
    [`${a}relations:\n  - { leader: a, equal: b }\n`, true],
    [`${a}relations:\n  - { leader: a, same-minor: [a, b], severity: warning, advice: x, name: y }\n`, true],
    [`${a}relations:\n  - { pinned: [a] }\n`, true],
    [`${a}exceptions:\n  - { fact: a, reason: r, until: 2026-01-31 }\n`, true],
    ["images:\n  ghcr.io/o/i:\n    '1.0': '1.95.0'\n", true],
    ["facts:\n  c: { file: f, env: A, stage: s, match: (x) }\n", true],
    ["facts:\n  c: { file: f, json: /a }\n", true],
    ["detect: yes please\n", false],
    ["unknown: 1\n", false],
    ["facts: []\n", false],
    ["facts:\n  c: { file: f }\n", false],
    ["facts:\n  c: { file: f, toml: a, yaml: b }\n", false],
    ["facts:\n  c: { file: f, env: A }\n", false],
    ["facts:\n  c: { file: f, json: a }\n", false],
    ["facts:\n  c: { git: branch }\n", false],
    ["facts:\n  c: { file: f, tmol: a }\n", false],
    [`${a}relations:\n  - { leader: a }\n`, false],
    [`${a}relations:\n  - { equal: a }\n`, false],
    [`${a}relations:\n  - { leader: a, pinned: b }\n`, false],
    [`${a}relations:\n  - { leader: a, equal: b, subset: b }\n`, false],
    [`${a}relations:\n  - { pinned: a, severity: fatal }\n`, false],
    [`${a}relations: {}\n`, false],
    [`${a}exceptions:\n  - { fact: a }\n`, false],
    [`${a}exceptions:\n  - { fact: a, reason: r, until: tomorrow }\n`, false],
    ["images:\n  ghcr.io/o/i: '1.0'\n", false],
  ])("on %j", (text, accepted) => {
    const yaml = parseYaml(text, "pins.yml");
    const read = (): boolean => {
      try {
        parseConfig(yaml);
        return true;
      } catch {
        return false;
      }
    };
    expect([validate(yaml.document.toJS() ?? {}), read()]).toEqual([accepted, accepted]);
  });
});
