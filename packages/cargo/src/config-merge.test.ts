import { describe, expect, test } from "@jest/globals";
import { parseToml, type TomlNode } from "@release-actions/toml";
import { mergeConfig } from "./config-merge.ts";

function plain(node: TomlNode): unknown {
  if (node.kind === "table") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  return node.kind === "array" ? node.items.map(plain) : node.value;
}

const merged = (winner: string, loser: string): unknown =>
  plain(mergeConfig(parseToml(winner, "near.toml").root, parseToml(loser, "far.toml").root));

describe("mergeConfig", () => {
  test("joins tables, and uses the nearer value", () => {
    expect(
      merged('[build]\njobs = 1\n[env]\nA = "x"\n', '[build]\njobs = 2\ntarget = "t"\n[net]\noffline = true\n'),
    ).toEqual({
      ...{ build: { jobs: "1", target: "t" }, env: { A: "x" }, net: { offline: "true" } },
    });
  });

  test.each([
    "build.rustflags",
    "unstable.host.runner",
    "host.runner.args",
    "doc.browser.args",
    "my-doc.browser",
    "credential-alias.a.b",
    "registries.mine.credential-provider.args",
  ])("joins the lists of %s, with the nearer one last", (key) => {
    const [table = "", name] = [key.slice(0, key.lastIndexOf(".")), key.slice(key.lastIndexOf(".") + 1)];
    const of = (item: string): string => `[${table}]\n${name} = ["${item}"]\n`;
    const value = key
      .split(".")
      .reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], merged(of("near"), of("far")));
    expect(value).toEqual(["far", "near"]);
  });

  test.each([
    "host.runner",
    "doc.browser",
    "target.x86_64-unknown-linux-gnu.runner",
    "credential-alias.mine",
    "registries.mine.credential-provider",
  ])("uses the nearer list of %s, which is a command", (key) => {
    const [table = "", name] = [key.slice(0, key.lastIndexOf(".")), key.slice(key.lastIndexOf(".") + 1)];
    const of = (item: string): string => `[${table}]\n${name} = ["${item}"]\n`;
    expect(merged(of("near"), of("far"))).toEqual(merged(of("near"), ""));
  });

  test("refuses to merge a list with a string, and names both places", () => {
    expect(() => merged('[build]\nrustflags = "-g"\n', '\n[build]\nrustflags = ["-g"]\n')).toThrow(
      "cargo cannot merge `build.rustflags`: it is of type string in near.toml:2 and array in far.toml:3",
    );
  });
});
