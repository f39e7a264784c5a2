import { describe, expect, test } from "@jest/globals";
import { applyEdits } from "@release-actions/text";
import { plainScript, yamlScript } from "./script.ts";
import { parseYaml, yamlScalar } from "./yaml-file.ts";

function scriptOf(text: string) {
  const yaml = parseYaml(text, "x.yml");
  const scalar = yamlScalar(yaml, ["run"]);
  if (scalar === undefined) throw new Error("there is no script");
  return yamlScript(yaml, scalar);
}

/** The file after `OLD` in its script is rewritten, and the line of `OLD`. */
function rewritten(text: string, isVerbatim = true) {
  const script = scriptOf(text);
  const site = script.site("OLD", script.text.indexOf("OLD"), isVerbatim);
  const edit = site.rewrite?.("NEWER");
  return { line: site.location?.line, text: edit && "text" in edit ? applyEdits(text, [edit]) : undefined };
}

describe("rewrites a part of a script at its place in the file", () => {
  test.each<[string, string, number]>([
    ["plain", "a: 1\nrun: echo OLD\n", 2],
    ["in single quotes", "run: 'echo OLD'\n", 1],
    ["in double quotes", 'run: "echo OLD"\n', 1],
    ["in a block", "run: |\n  one\n\n  echo OLD\n  two\n", 4],
    ["in a block with deeper lines", "run: |-\n    if x; then\n      echo OLD\n    fi\n", 3],
    ["in the first line of a block", "run: |\n  OLD\n", 2],
    ["in a block that begins with an empty line", "run: |\n\n  echo OLD\n", 3],
  ])("%s", (_name, text, line) => {
    expect(rewritten(text)).toEqual({ line, text: text.replace("OLD", "NEWER") });
  });

  test.each<[string, string]>([
    ["folded", "run: >\n  echo\n  OLD\n"],
    ["with an escape", 'run: "echo \\t OLD"\n'],
    ["with a doubled quote", "run: 'it''s OLD'\n"],
    ["over several plain lines", "run: echo\n  OLD\n"],
  ])("but not when the text in the file differs: %s", (_name, text) => {
    expect(rewritten(text)).toEqual({ line: 1, text: undefined });
  });

  test("or when the shell changes the text", () => {
    expect(rewritten("run: |\n  one\n  echo OLD\n", false)).toEqual({ line: 3, text: undefined });
  });
});

test("reads a block without its indentation", () => {
  expect(scriptOf("run: |\n    a\n      b\n\n    c\n").text).toBe("a\n  b\n\nc\n\n");
});

test("gives an offset to a script that is unchanged in the file", () => {
  const site = plainScript("echo OLD", (offset) => ({ file: "x", line: 1, column: offset }), 10).site("OLD", 5, true);
  expect(site).toMatchObject({ value: "OLD", location: { column: 15 } });
  expect(site.rewrite?.("NEWER")).toEqual({ start: 15, end: 18, text: "NEWER" });
});
