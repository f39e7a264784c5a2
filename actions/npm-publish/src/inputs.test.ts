import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Product, parseWantedPlatform } from "@release-actions/npm";
import { openTemplate } from "./build/template.ts";
import { stageIdIn } from "./npm-cli.ts";
import { parsePackages } from "./package-list.ts";

describe("the input `packages`", () => {
  test("means one entry without any settings when it is empty", () => {
    expect(parsePackages(undefined)).toEqual([{ fields: {} }]);
  });

  test("sets the app, program, package name, wrapper and further fields", () => {
    const text =
      '- app: widget\n  binary: widget-cli\n  package: "@acme/widget"\n  base: npm\n  fields: { keywords: [a, b] }\n- app: other\n';
    expect(parsePackages(text)).toEqual([
      { app: "widget", binary: "widget-cli", package: "@acme/widget", base: "npm", fields: { keywords: ["a", "b"] } },
      { app: "other", fields: {} },
    ]);
  });

  test.each<[name: string, text: string, message: string]>([
    ["no list", "app: widget", "is not a YAML list"],
    ["an empty list", "[]", "is not a YAML list"],
    ["an entry that is only a name", "- widget", "line 1, has an entry that is not a mapping"],
    ["an invalid key", "- app: a\n- apps: b", 'line 2, has the key "apps"'],
    ["a name that is a list", "- package: [a]", "has a `package` that is not text"],
    ["a program with a path", "- binary: bin/widget", "expected the file name of a program"],
    ["fields that the action writes", "- fields: { version: 1.0.0 }", "sets `version`"],
    ["fields that are a list", "- fields: [a]", "has `fields` that are not a mapping"],
    ["a key twice", "- app: a\n  app: b", "the input `packages`:2"],
  ])("is refused with %s", (_name, text, message) => {
    expect(() => parsePackages(text)).toThrow(message);
  });
});

describe("the input `template`", () => {
  const withTemplate = async <T>(
    text: string,
    use: (fill: Awaited<ReturnType<typeof openTemplate>>) => T,
  ): Promise<T> => {
    const folder = mkdtempSync(path.join(tmpdir(), "template-"));
    try {
      const file = path.join(folder, "package.json.tmpl");
      writeFileSync(file, text);
      return use(await openTemplate(file));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const linux = parseWantedPlatform("linux-x64");
  const about = { repository: "https://github.com/acme/widget" };
  const product = (name: string): Product => ({ name, version: "1.2.3", binary: "widget", about, fields: {} });

  test("is filled in, and accepts the variable names of envsubst recipes", async () => {
    const text =
      '{"name":"@acme/${node_pkg}","version":"${version}","os":["${node_os}"],"cpu":["${node_arch}"],"author":"A"}';
    const filled = await withTemplate(text, (fill) => fill(product("@acme/widget"), linux, "glibc"));
    expect(filled).toEqual({
      name: "@acme/widget-linux-x64",
      version: "1.2.3",
      os: ["linux"],
      cpu: ["x64"],
      author: "A",
    });
  });

  test.each([
    ["an unknown variable", '{"a":"${other}"}', "has ${other}, expected one of"],
    ["text that is not JSON", "{,}", "is not JSON"],
    ["a list", "[]", "does not contain a JSON object"],
  ])("is refused with %s", async (_name, text, message) => {
    await expect(withTemplate(text, (fill) => fill(product("widget"), linux, undefined))).rejects.toThrow(message);
  });
});

test.each<[what: string, stdout: string, id: string | undefined]>([
  ["npm 11.16", '{"id":"w@1.2.3","stageId":"1b4e28ba"}', "1b4e28ba"],
  ["npm 12", '{"@acme/w":{"id":"@acme/w@1.2.3","stageId":"1b4e28ba"}}', "1b4e28ba"],
  ["an npm that prints a warning first", 'npm notice\n{"w":{"stageId":"1b4e28ba"}}', "1b4e28ba"],
  ["an npm that prints no stage id", '{"id":"w@1.2.3"}', undefined],
  ["an npm whose output is cut off", '{"id":"w@1.2', undefined],
])("reads the stage id from the output of %s", (_what, stdout, id) => {
  expect(stageIdIn(stdout)).toBe(id);
});
