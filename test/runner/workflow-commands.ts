/** An annotation of a step, as the run's page shows it. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
}

/** The white space that .NET's `TrimStart` removes: JavaScript's `\s` with U+0085 and without U+FEFF. */
const WHITE_SPACE = /^(?:[^\S\uFEFF]|\u0085)+/;
const COMMAND = /^::([a-zA-Z-]+)(?: (.*?))?::(.*)$/s;
const LEVELS = new Set(["error", "warning", "notice"]);
/** Commands that command files have replaced. A runner answers the first two with an error. */
const RETIRED = new Set(["set-env", "add-path", "set-output", "save-state"]);

/**
 * Reads a step's output line by line as a runner does: docs.github.com, "Workflow commands". Commands take
 * effect in their order, so a value that is printed before it is masked stays readable.
 */
export class OutputReader {
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  /** The lines that a person sees in the log, with debug lines, and with masked values as `***`. */
  readonly log: string[] = [];
  #resumeToken: string | undefined;

  readLine(line: string): void {
    if (this.#resumeToken !== undefined) {
      if (line.trim() === `::${this.#resumeToken}::`) this.#resumeToken = undefined;
      else this.#show(line);
      return;
    }
    const [, name, properties = "", data = ""] = COMMAND.exec(line.replace(WHITE_SPACE, "")) ?? [];
    if (name === undefined) this.#show(line);
    else this.#obey(name.toLowerCase(), parseProperties(properties), unescapeData(data), line);
  }

  #obey(name: string, properties: Readonly<Record<string, string>>, data: string, line: string): void {
    if (isLevel(name)) {
      this.annotations.push(annotation(name, properties, this.#masked(data)));
      this.#show(`##[${name}]${data}`);
    } else if (name === "add-mask") {
      if (data.trim() !== "") this.masks.push(data, ...data.split(/\r?\n/).filter((part) => part.trim() !== ""));
    } else if (name === "stop-commands") {
      this.#resumeToken = data;
    } else if (RETIRED.has(name)) {
      this.annotations.push({ level: "error", message: `The \`${name}\` command is disabled.` });
    } else if (["debug", "group", "endgroup", "echo"].includes(name)) {
      this.#show(name === "echo" ? "" : `##[${name}]${data}`);
    } else {
      this.#show(line);
    }
  }

  #show(line: string): void {
    this.log.push(this.#masked(line));
  }

  #masked(text: string): string {
    return this.masks.reduce((shown, mask) => shown.replaceAll(mask, "***"), text);
  }
}

function isLevel(name: string): name is Annotation["level"] {
  return LEVELS.has(name);
}

function annotation(
  level: Annotation["level"],
  properties: Readonly<Record<string, string>>,
  message: string,
): Annotation {
  const number = (name: string): number | undefined => {
    const value = Number(properties[name] ?? "");
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  const fields = {
    ...{ title: properties["title"], file: properties["file"] },
    ...{ line: number("line"), endLine: number("endLine"), column: number("col") },
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return { level, message, ...Object.fromEntries(given) };
}

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.split(/=(.*)/s));
  return Object.fromEntries(
    pairs.map(([key = "", value = ""]): [string, string] => [
      key.trim(),
      unescapeData(value.replaceAll("%3A", ":").replaceAll("%2C", ",")),
    ]),
  );
}

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
