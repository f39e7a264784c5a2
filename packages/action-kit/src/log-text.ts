/**
 * Characters that culture-sensitive comparison ignores, such as the runner's `StartsWith("::")` (learn.microsoft.com,
 * "Best practices for comparing strings in .NET"): control and format characters such as the soft hyphen, and others
 * that Unicode calls default-ignorable.
 */
const WEIGHTLESS = String.raw`\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\p{Cf}\p{Default_Ignorable_Code_Point}`;
/** A workflow command. .NET's `TrimStart` removes the characters of JavaScript's `\s`, and U+0085. */
const COMMAND = new RegExp(`^([\\s\\x85${WEIGHTLESS}]*:)(?=[${WEIGHTLESS}]*:)`, "u");
/** The older form of a command, which works anywhere in a line. */
const OLD_COMMAND = new RegExp(`(#[${WEIGHTLESS}]*#)(?=[${WEIGHTLESS}]*\\[)`, "gu");

/**
 * Makes text inert for the runner, which reads workflow commands (`::name::`, and the older `##[name]`)
 * from whatever a step prints (docs: "Workflow commands for GitHub Actions"). Names from archives and
 * the output of tools are data and must not be able to set a variable or add a mask. A visible space breaks up the
 * command, because the runner's comparison would ignore a character without width.
 */
export function inertText(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(COMMAND, "$1 ").replace(OLD_COMMAND, "$1 "))
    .join("\n");
}

/** Turns chunks of output into complete inert lines. `flush` writes the last, incomplete line. */
export class LineWriter {
  #rest = "";
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  push(text: string): void {
    this.#rest += text;
    const end = this.#rest.lastIndexOf("\n") + 1;
    if (end === 0) return;
    this.#write(inertText(this.#rest.slice(0, end)));
    this.#rest = this.#rest.slice(end);
  }

  flush(): void {
    if (this.#rest !== "") this.#write(`${inertText(this.#rest)}\n`);
    this.#rest = "";
  }
}
