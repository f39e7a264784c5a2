import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Contract } from "./contract.ts";
import { InputError, inputVariable, passwordsInUrls, readInputs, secretInputs } from "./inputs.ts";

const contract = {
  name: "probe",
  inputs: {
    tag: { kind: "string", default: "app:latest" },
    note: { kind: "string" },
    push: { kind: "boolean", default: "false" },
    "retention-days": { kind: "number", unit: "days", min: 1, max: 90, default: "1" },
    ratio: { kind: "number" },
    format: { kind: "enum", values: ["zip", "raw"], default: "zip" },
    checks: { kind: "list", default: "generate, verify" },
    images: { kind: "lines" },
    file: { kind: "path" },
    "expected-digest": { kind: "digest" },
    token: { kind: "secret" },
  },
  outputs: [],
} as const satisfies Contract;

const read = (given: Record<string, string>) =>
  readInputs(contract, Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value])));

describe("readInputs", () => {
  test("returns the defaults of action.yml when no input is set", () => {
    expect(read({})).toEqual({
      tag: "app:latest",
      note: undefined,
      push: false,
      "retention-days": 1,
      ratio: undefined,
      format: "zip",
      checks: ["generate", "verify"],
      images: [],
      file: undefined,
      "expected-digest": undefined,
      token: undefined,
    });
  });

  test("uses the default for an empty value, which is what an unset expression gives", () => {
    expect(read({ tag: "", "retention-days": " ", format: "" })).toMatchObject({
      tag: "app:latest",
      "retention-days": 1,
      format: "zip",
    });
  });

  test("reads each kind", () => {
    const hex = "0123456789abcdef".repeat(4);
    const given = {
      push: "True",
      "retention-days": "90",
      ratio: "-1.5",
      format: "raw",
      checks: "a,b  c\nd",
      images: "one \r\n\n  two three\n",
      file: "out/restate.tar",
      "expected-digest": `sha256:${hex}`,
      token: "s3cret",
    };
    expect(read(given)).toMatchObject({
      push: true,
      "retention-days": 90,
      ratio: -1.5,
      format: "raw",
      checks: ["a", "b", "c", "d"],
      images: ["one", "two three"],
      file: path.resolve("out/restate.tar"),
      "expected-digest": `sha256:${hex}`,
      token: "s3cret",
    });
  });

  test.each([
    ["~", "/home/me"],
    ["~/out/a.tar", "/home/me/out/a.tar"],
    ["~other/a", path.resolve("~other/a")],
    ["a/~/b", path.resolve("a/~/b")],
  ])("reads the path %s as a shell does", (given, expected) => {
    expect(readInputs(contract, { INPUT_FILE: given, HOME: "/home/me" }).file).toBe(expected);
  });

  test.each([
    ["push", "yes", /`push` is "yes": expected true or false/],
    ["push", "constructor", /expected true or false/],
    ["retention-days", "0", /`retention-days` is "0": expected a plain number of days at least 1 and at most 90/],
    ["retention-days", "0x10", /expected a plain number/],
    ["retention-days", "1e1", /expected a plain number/],
    ["ratio", "many", /`ratio` is "many": expected a plain number$/m],
    ["format", "tar", /`format` is "tar": expected one of zip, raw/],
    ["expected-digest", "sha256:ABC", /expected a digest such as sha256:/],
    ["expected-digest", `sha256:${"A".repeat(64)}`, /lowercase/],
    ["expected-digest", `constructor:${"a".repeat(64)}`, /expected a digest/],
    ["file", "a\nb", /expected one path/],
  ])("refuses %s %j, and names the input, the value and the accepted values", (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(InputError);
    expect(() => read({ [name]: value })).toThrow(message);
  });

  test("reports all invalid inputs at once", () => {
    expect(() => read({ push: "maybe", format: "tar" })).toThrow(/`push`.*\n.*`format`/);
  });

  test("refuses an empty required input, such as a job output that was dropped (F91)", () => {
    const strict = { name: "p", inputs: { digest: { kind: "digest", required: true } }, outputs: [] } as const;
    expect(() => readInputs(strict, { INPUT_DIGEST: "" })).toThrow(
      /`digest` is required and was not given, or is empty/,
    );
  });
});

describe("secretInputs", () => {
  test("returns the non-empty values that must be masked", () => {
    expect(secretInputs(contract, { INPUT_TOKEN: "s3cret", INPUT_TAG: "t" })).toEqual(["s3cret"]);
    expect(secretInputs(contract, {})).toEqual([]);
  });
});

describe("passwordsInUrls", () => {
  const login = (text: string): string => Buffer.from(text).toString("base64");
  test.each([
    ["https://user:hunter2@registry.example/v2", ["hunter2", "hunter2", login("user:hunter2")]],
    ["https://user:p%40ss@host", ["p%40ss", "p@ss", login("user:p@ss")]],
    ["https://user:p@ss@host", ["p@ss", "p@ss", login("user:p@ss")]],
    ["https://user:100%@host", ["100%", "100%", login("user:100%")]],
    ["oci://:t0ken@ghcr.io/o", ["t0ken", "t0ken", login(":t0ken")]],
    [
      "https://0123456789abcdef0123456789@git.example/o",
      Array(2).fill("0123456789abcdef0123456789").concat(login("0123456789abcdef0123456789:")),
    ],
    ["ssh://git@github.com/o/r and git@github.com:o/r", []],
    ["https://host/a:b@c https://host?x=a:b@c https://host:8080/", []],
    ["a=https://u:one@h\nb=http://u:two@h", ["one", "one", login("u:one"), "two", "two", login("u:two")]],
  ])("finds the passwords in %s", (text, expected) => {
    expect(passwordsInUrls({ INPUT_REGISTRY: text })).toEqual(expected);
  });

  test("searches every environment variable, such as those for a proxy", () => {
    expect(passwordsInUrls({ HTTPS_PROXY: "http://me:s3cret@proxy:3128" })).toContain("s3cret");
  });
});
