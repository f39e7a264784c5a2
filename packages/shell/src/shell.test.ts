// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain scripts and expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { commandsOf } from "./commands.ts";
import { variablesWrittenTo } from "./variables-file.ts";

describe("variables that a script writes to GITHUB_ENV", () => {
  test.each<[string, string, Record<string, string | undefined>]>([
    ["a bash assignment as the argument of echo", 'echo A="x y" >> "$GITHUB_ENV"', { A: "x y" }],
    ["quotes around all of it", 'echo "A=x y" >> "$GITHUB_ENV"', { A: "x y" }],
    ["single quotes", "echo 'A=$x' >> $GITHUB_ENV", { A: "$x" }],
    ["no space before the file", 'echo "A=1">>$GITHUB_ENV', { A: "1" }],
    ["braces in the file's name", 'echo A=1 >> "${GITHUB_ENV}"', { A: "1" }],
    ["several arguments of echo", "echo A=x   y >> $GITHUB_ENV", { A: "x y" }],
    ["printf with a format", "printf 'A=%s\\n' value >> $GITHUB_ENV", { A: "value" }],
    ["printf with lines", "printf '%s\\n' A=1 'B=2 3' >> $GITHUB_ENV", { A: "1", B: "2 3" }],
    ["a group", '{ echo "A=1"; echo B=2; } >> "$GITHUB_ENV"', { A: "1", B: "2" }],
    ["a subshell", '(echo "A=1"; echo B=2) >> "$GITHUB_ENV"', { A: "1", B: "2" }],
    ["a heredoc", 'cat >> "$GITHUB_ENV" <<EOF\nA=1\nB=$x\nEOF', { A: "1", B: undefined }],
    ["a heredoc first", "cat <<'EOF' >> $GITHUB_ENV\nA=$1\nEOF\n", { A: "$1" }],
    ["tee", 'echo "A=1" | tee -a "$GITHUB_ENV"', { A: "1" }],
    ["tee with a heredoc", 'tee -a "$GITHUB_ENV" <<EOF\nA=1\nEOF', { A: "1" }],
    ["a continued line", 'echo "A=1" \\\n  >> "$GITHUB_ENV"', { A: "1" }],
    ["a value that is continued", 'echo "A=1 \\\n2" >> "$GITHUB_ENV"', { A: "1 2" }],
    ["a condition", 'if x; then echo "A=1" >> "$GITHUB_ENV"; else echo "A=2" >> "$GITHUB_ENV"; fi', { A: "2" }],
    ["an expansion", 'echo "A=$x" >> "$GITHUB_ENV"', { A: undefined }],
    ["a substitution", 'echo "A=$(cat x)" >> "$GITHUB_ENV"', { A: undefined }],
    ["an expression", 'echo "A=${{ matrix.x }}" >> "$GITHUB_ENV"', { A: undefined }],
    [
      "a value of several lines",
      'echo "A<<E" >> $GITHUB_ENV\necho x=1 >> $GITHUB_ENV\necho E >> $GITHUB_ENV',
      { A: undefined },
    ],
    ["not output to another file", 'echo A=1 >> "$GITHUB_OUTPUT"; echo B=1; echo C=1 >> $MY_GITHUB_ENV', {}],
    ["PowerShell syntax", 'echo "A=1" >> $env:GITHUB_ENV', { A: "1" }],
  ])("%s", (_name, script, expected) => {
    const found = variablesWrittenTo("GITHUB_ENV", script);
    expect(Object.fromEntries(found.map(({ name, value }) => [name, value]))).toEqual(expected);
  });

  test("have offsets at which they can be replaced", () => {
    const script = 'x\necho RUSTFLAGS="-C a --cfg b" >> "$GITHUB_ENV"\n';
    const [found] = variablesWrittenTo("GITHUB_ENV", script);
    expect(found).toEqual({
      name: "RUSTFLAGS",
      value: "-C a --cfg b",
      start: script.indexOf("-C a"),
      isVerbatim: true,
    });
  });
});

describe("commands", () => {
  const words = (script: string) =>
    commandsOf(script).map((command) => command.words.map(({ value, text }) => value ?? `?${text}`));

  test("are found in lists, branches and functions, without wrappers", () => {
    const script =
      'sudo -E rustup default 1.80 && if a; then cargo "+1.80" build; fi\nf() { b; }\nfor x in 1; do c | d; done\n';
    expect(words(script)).toEqual([
      ["rustup", "default", "1.80"],
      ["a"],
      ["cargo", "+1.80", "build"],
      ["b"],
      ["c"],
      ["d"],
    ]);
  });

  test("include their variables", () => {
    const script = 'RUSTFLAGS="-D x" cargo build\nexport A=1 B\nenv C="2 3" cargo x\nD=$x\n';
    const set = commandsOf(script).map(({ assignments }) => assignments.map(({ name, value }) => [name, value.value]));
    expect(set).toEqual([[["RUSTFLAGS", "-D x"]], [["A", "1"]], [["C", "2 3"]], [["D", undefined]]]);
  });

  test("name the variable that a word consists of", () => {
    const [command] = commandsOf('rustup default "${V}" $W ${{ env.X }} a$Y');
    expect(command?.words.map(({ variable, value, text }) => variable ?? value ?? `?${text}`)).toEqual([
      "rustup",
      "default",
      "V",
      "W",
      "?${{ env.X }}",
      "?a$Y",
    ]);
  });
});

test("reads any text without an error", () => {
  const piece = fc.constantFrom(
    "echo ",
    "A=",
    '"',
    "'",
    "$",
    "${{ x }}",
    "`",
    "(",
    ")",
    "{",
    "}",
    "\n",
    ">> $GITHUB_ENV",
    "<<E",
    "|",
    ";",
    "if ",
    "fi",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const script = pieces.join("");
      for (const { words } of commandsOf(script))
        for (const { start, end } of words) expect(end).toBeGreaterThanOrEqual(start);
      variablesWrittenTo("GITHUB_ENV", script);
    }),
    { numRuns: 500 },
  );
});
