import { expect, test } from "@jest/globals";
import { CannotTell } from "../choices.ts";
import { runScript } from "./script.ts";

const code = (script: string, env: Readonly<Record<string, string>> = {}): number =>
  runScript(script, { env: new Map(Object.entries(env)), stops: true, pipefail: false, followsUnknown: false }).code;

// What a subshell assigns is lost when it ends (bash manual, "Command Execution Environment"): such gates always pass.
test.each([
  [
    "a loop after a pipe",
    'failed=0\necho failure | while read -r r; do [ "$r" = success ] || failed=1; done\nexit $failed',
    0,
  ],
  [
    "the same loop without a pipe",
    'failed=0\nwhile read -r r; do [ "$r" = success ] || failed=1; done <<< failure\nexit $failed',
    1,
  ],
  ["a group in parentheses", "failed=0\n( failed=1 )\nexit $failed", 0],
  ["an option that is set in parentheses", "( set +e )\nfalse\nexit 0", 1],
  ["a function that is defined in parentheses", "check() { return 1; }\n( check() { return 0; } )\ncheck", 1],
  ["an array's item", "a=(0)\n( a[0]=1 )\nexit ${a[0]}", 0],
  ["a substitution, which continues after a failure", 'n=$(false; echo done)\n[ "$n" = done ]', 0],
])("bash keeps what a subshell changes to itself: %s", (_what, script, expected) => {
  expect(code(script)).toBe(expected);
});

test("in arithmetic, the right side of && and || runs only where the left side does not decide", () => {
  expect(code("n=0\n(( n == 1 && (n = 5) )) || true\nexit $n")).toBe(0);
  expect(code("n=0\n(( n == 0 && (n = 5) ))\nexit $n")).toBe(5);
});

test("text in arithmetic that is not a number or a name is left to bash", () => {
  expect(() => code('((! [ "$A" = success ]))', { A: "failure" })).toThrow(CannotTell);
});
