import { describe, expect, test } from "@jest/globals";
import { callsOf } from "./script.ts";

/** Why `cargo test` does not count in a script: undefined when it counts, "absent" when it is not a command there. */
function verdict(script: string, shell?: string): string | undefined {
  const call = callsOf(script, shell)?.find(({ words }) => words.join(" ").startsWith("cargo test"));
  return call === undefined ? "absent" : call.discount;
}

describe("a command counts", () => {
  test.each([
    ["by itself", "cargo test"],
    ["with an environment in front", "RUST_LOG=debug cargo test"],
    ["with an expression after it", "cargo test ${{ matrix.flags }}"],
    ["as root", "sudo -E env A=b cargo test"],
    ["under a virtual screen", "xvfb-run cargo test"],
    ["with exec, in place of the shell", "command exec cargo test"],
    ["with a long variable in front", "env RUST_LOG=debug CI=1 cargo test"],
    ["after a list that may fail", "test -f x || false\ncargo test"],
    ["quoted", "'cargo' \"test\""],
    ...["command", "env", "exec", "ionice", "nice", "nohup", "stdbuf", "sudo", "time"].map(
      (wrapper): [string, string] => [`behind ${wrapper}`, `${wrapper} cargo test`],
    ),
    ["for a word in quotes", "for x in 'a b'; do cargo test; done"],
    ["for a word that is partly in quotes", "for x in a'b c'; do cargo test; done"],
    ["over two lines", "cargo \\\n  test"],
    ["after &&", "cd x && cargo test"],
    ["before &&", "cargo test && echo done"],
    ["as the last command of a pipeline", "yes | cargo test"],
    ["in a group or subshell", "{ (cd x; cargo test); }"],
    ["with || exit 1 after it", "cargo test || exit 1"],
    ["with an explanation and exit after it", "cargo test || { echo failed; exit 1; }"],
    ["in a loop over fixed words", "for x in a b; do cargo test; done"],
    ["as the last command, where failures are ignored", "set +e\ncargo test"],
    ["after a `set -e` that lets failures count again", "set +e\ntrue\nset -e\ncargo test\necho"],
    ["with its output redirected to a file", "cargo test > log 2>&1"],
    ["under a time limit", "timeout 60 cargo test"],
    ["under a time limit with options", "timeout -k 5 --signal TERM 60s nice -n 10 cargo test"],
    ["after a check that exits with a failure", 'if [ -z "$FOO" ]; then echo missing; exit 1; fi\ncargo test'],
  ])("%s", (_case, script) => {
    expect(verdict(script)).toBeUndefined();
  });

  test("in a pipeline whose failure the shell reports, as `shell: bash` does", () => {
    expect(verdict("cargo test | tee log", "bash")).toBeUndefined();
    expect(verdict("set -o pipefail\ncargo test | tee log")).toBeUndefined();
    expect(verdict("cargo test | tee log", "bash -euo pipefail {0}")).toBeUndefined();
    expect(verdict("cargo test | tee log", " bash ")).toBeUndefined();
    expect(verdict("cargo test | tee log", "bash -e -o pipefail {0}")).toBeUndefined();
    expect(verdict("cargo test | tee log", "sh")).toBe("in a pipeline without pipefail");
    expect(verdict("cargo test | tee log", "bash -e {0}")).toBe("in a pipeline without pipefail");
  });

  test("before other commands in a shell that stops at a failure", () => {
    expect(verdict("cargo test\necho", "sh")).toBeUndefined();
    expect(verdict("cargo test\necho", "bash")).toBeUndefined();
    expect(verdict("cargo test\necho", "sh -eu {0}")).toBeUndefined();
    expect(verdict("cargo test\necho", "bash --norc -e {0}")).toBeUndefined();
  });

  test("and is the program that a wrapper starts, also when it is one word", () => {
    expect(callsOf("exec ./test.sh", undefined)?.map(({ words }) => words)).toEqual([["./test.sh"]]);
    expect(callsOf("sudo", undefined)?.map(({ words }) => words)).toEqual([["sudo"]]);
  });

  test("and is given with all its words", () => {
    const calls = callsOf("echo ${{ a b }}; sudo -u me cargo test -x", undefined);
    expect(calls).toEqual([
      { words: ["echo", "xxxxxxxxxx"], discount: undefined },
      { words: ["cargo", "test", "-x"], discount: undefined },
    ]);
  });
});

describe("a command does not count", () => {
  test.each([
    ["in a comment", "# cargo test", "absent"],
    ["in an echo", "echo cargo test", "absent"],
    ["in a here document", "cat <<EOF\ncargo test\nEOF", "absent"],
    ["with || true after it", "cargo test || true", "followed by ||"],
    ["in a chain that ends in an echo", "cargo test && strip x || echo failed", "followed by ||"],
    ["after ||", "true || cargo test", "behind ||"],
    ["negated", "! cargo test", "negated"],
    ["in the background", "cargo test &", "in the background"],
    ["piped by the default shell", "cargo test | tee log", "in a pipeline without pipefail"],
    ["as a condition", "if cargo test; then echo; fi", "in a condition"],
    ["in a branch", 'if [ "$CI" ]; then cargo test; fi', "in a branch that may not run"],
    ["in an else", "if true; then :; else cargo test; fi", "in a branch that may not run"],
    ["in a case", "case $x in a) cargo test;; esac", "in a branch that may not run"],
    [
      "in a loop over a variable that may be empty",
      "for x in $LIST; do cargo test; done",
      "in a branch that may not run",
    ],
    ["in a while loop", "while false; do cargo test; done", "in a branch that may not run"],
    ["as the condition of a loop", "while cargo test; do :; done", "in a condition"],
    ["as a further condition", "if a; then :; elif cargo test; then :; fi", "in a condition"],
    ["in a further branch", "if a; then :; elif b; then cargo test; fi", "in a branch that may not run"],
    ["in a choice", "select x in a b; do cargo test; done", "in a branch that may not run"],
    ["in a counted loop", "for ((i = 0; i < n; i++)); do cargo test; done", "in a branch that may not run"],
    ["in a loop over words that may be empty", 'for x in "$LIST"; do cargo test; done', "in a branch that may not run"],
    ["before || exit 0", "cargo test || exit 0", "followed by ||"],
    ["before || { exit 0; }", "cargo test || { echo; exit 0; }", "followed by ||"],
    ["in a function whose body is a subshell", "f() ( cargo test )", "in a function"],
    ["in a function", "f() { cargo test; }", "in a function"],
    ["in a function whose braces are missing", "f() cargo test", "in a function"],
    ["after exit", "exit 0\ncargo test", "after exit"],
    ["after an early exit", 'if [ -z "$FOO" ]; then exit 0; fi\ncargo test', "behind an `exit 0` in a branch"],
    ["after an early exit in a list", '[ -n "$FOO" ] || exit 0\ncargo test', "behind an `exit 0` in a branch"],
    ["where failures are ignored", "set +e\ncargo test\necho done", "where failures are ignored (set +e)"],
    ["where failures are ignored, in words", "set +o errexit\ncargo test\necho", "where failures are ignored (set +e)"],
  ])("%s", (_case, script, discount) => {
    expect(verdict(script)).toBe(discount);
  });

  test("before the last command in a shell that does not stop at failures", () => {
    expect(verdict("cargo test\necho", "bash {0}")).toBe("where failures are ignored (set +e)");
  });

  test("in a language that is not a shell's", () => {
    expect(callsOf("cargo test", "python")).toBeUndefined();
    expect(callsOf("cargo test", "constructor")).toBeUndefined();
  });

  test.each([
    ["alone", "cargo test", undefined],
    ["last", "cargo build\ncargo test", undefined],
    ["before another program", "cargo test\ncargo doc", "followed by another program, whose exit code counts instead"],
    ["before cmdlets", "cargo test\nWrite-Output done", undefined],
    ["with its exit code checked", "cargo test\nif ($LASTEXITCODE -ne 0) { exit 1 }\ncargo doc", undefined],
    [
      "where the script makes PowerShell stop at every failure",
      "$PSNativeCommandUseErrorActionPreference = $true\ncargo test\ncargo doc",
      undefined,
    ],
    ["in a block", "if ($env:CI) {\n  cargo test\n}", "in a branch that may not run"],
    ["after a block", "if ($env:CI) {\n  cargo build\n}\n& 'cargo' test\n", undefined],
    ["before an empty line and a comment", "cargo test\n\n# done\n", undefined],
    ["called with `&` and no space", "&cargo test\n", undefined],
    [
      "checked after a comment without a space",
      "cargo test\n#check\nif ($LASTEXITCODE) { exit 1 }\ncargo doc",
      undefined,
    ],
    ["checked after a comment", "cargo test\n# check\nif ($LASTEXITCODE) { exit 1 }\ncargo doc", undefined],
    [
      "with its exit code checked only after another program",
      "cargo test\ncargo doc\nif ($LASTEXITCODE) { exit 1 }",
      "followed by another program, whose exit code counts instead",
    ],
    ["with `|| exit 1` after it", "cargo test || exit 1\ncargo doc", undefined],
  ])("in PowerShell: %s", (_case, script, discount) => {
    expect(verdict(script, "pwsh")).toBe(discount);
  });

  test("in PowerShell with white space around the name of the shell", () => {
    expect(verdict("cargo test\ncargo doc", " pwsh ")).toContain("followed by another program");
  });

  test("in PowerShell, each program is given with its words", () => {
    const calls = callsOf('cd x\n\n  cargo  "test"\n& cargo `\n  doc\n', "powershell -Command");
    expect(calls?.map(({ words }) => words)).toEqual([
      ["cargo", "test"],
      ["cargo", "doc"],
    ]);
  });

  test("in a branch without an end, which bash cannot read", () => {
    expect(verdict("if true; then cargo test")).toBe("in a branch that may not run");
  });
});
