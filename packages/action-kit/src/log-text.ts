/**
 * Makes text inert for the runner, which reads workflow commands (`::name::`, and the older `##[name]`)
 * from whatever a step prints (docs: "Workflow commands for GitHub Actions"). Names from archives and
 * the output of tools are data and must not be able to set a variable or add a mask (F136).
 */
export function inertText(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/^(\s*):(?=:)/, "$1:\u200b").replaceAll("##[", "##\u200b["))
    .join("\n");
}

/** Turns pieces of output into whole inert lines. `flush` writes what is left of the last one. */
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
