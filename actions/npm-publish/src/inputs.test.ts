import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseWantedPlatform } from "@release-actions/npm";
import { isOlder } from "./npm-cli.ts";
import { parsePackages } from "./package-list.ts";
import { openTemplate } from "./template.ts";

describe("the input `packages`", () => {
  test("is one entry of which everything is found out when it is empty", () => {
    expect(parsePackages(undefined)).toEqual([{ fields: {} }]);
  });

  test("tells app, program, name, wrapper and more fields", () => {
    const text =
      '- app: widget\n  binary: widget-cli\n  package: "@acme/widget"\n  base: npm\n  fields: { keywords: [a, b] }\n- app: other\n';
    expect(parsePackages(text)).toEqual([
      { app: "widget", binary: "widget-cli", package: "@acme/widget", base: "npm", fields: { keywords: ["a", "b"] } },
      { app: "other", fields: {} },
    ]);
  });

  test.each<[name: string, text: string, message: string]>([
    ["no list", "app: widget", "is no YAML list"],
    ["an empty list", "[]", "is no YAML list"],
    ["an entry that is a name", "- widget", "line 1, has an entry that is no mapping"],
    ["a key that is none", "- app: a\n- apps: b", 'line 2, has the key "apps"'],
    ["a name that is a list", "- package: [a]", "has a `package` that is no text"],
    ["a program with a path", "- binary: bin/widget", "expected the file name of a program"],
    ["fields that the action writes", "- fields: { version: 1.0.0 }", "sets `version`"],
    ["fields that are a list", "- fields: [a]", "has `fields` that are no mapping"],
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

  test("is filled in, also by the names that envsubst recipes use", async () => {
    const text =
      '{"name":"@acme/${node_pkg}","version":"${version}","os":["${node_os}"],"cpu":["${node_arch}"],"author":"A"}';
    const filled = await withTemplate(text, (fill) => fill("@acme/widget", "1.2.3", linux, "glibc"));
    expect(filled).toEqual({
      name: "@acme/widget-linux-x64",
      version: "1.2.3",
      os: ["linux"],
      cpu: ["x64"],
      author: "A",
    });
  });

  test.each([
    ["a name that stands for nothing", '{"a":"${other}"}', "has ${other}, expected one of"],
    ["what is no JSON", "{,}", "is not JSON"],
    ["a list", "[]", "holds no JSON object"],
  ])("is refused with %s", async (_name, text, message) => {
    await expect(withTemplate(text, (fill) => fill("widget", "1.2.3", linux, undefined))).rejects.toThrow(message);
  });
});

test.each<[version: string, than: number[], older: boolean]>([
  ["11.5.1", [11, 5, 1], false],
  ["11.5.0", [11, 5, 1], true],
  ["11.10.0", [11, 5, 1], false],
  ["10.9.9", [11, 5, 1], true],
  ["12.0.0-pre.1", [11, 5, 1], false],
  ["9.5.0", [9, 5], false],
])("npm %s is older than %j: %p", (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});
