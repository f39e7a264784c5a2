/** A command file whose content a runner does not accept. The message is the runner's. */
export class CommandFileError extends Error {
  override readonly name = "CommandFileError";
}

const MAX_SUMMARY_BYTES = 1_048_576;

/**
 * The values in a GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE file: `name=value` lines, or `name<<DELIMITER`
 * and the lines up to the delimiter. Rules as in the runner's FileCommandManager.
 */
export function parseKeyValueFile(text: string, command: "output" | "env" | "state"): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
      const end = lines.indexOf(delimiter, index + 1);
      if (name === "" || delimiter === "") throw fault(command, `Invalid format '${line}'`);
      if (end < 0) throw fault(command, `Invalid value. Matching delimiter not found '${delimiter}'`);
      values[name] = lines.slice(index + 1, end).join("\n");
      index = end;
    } else if (equals > 0) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
    } else {
      throw fault(command, `Invalid format '${line}'`);
    }
  }
  if (command === "env" && "NODE_OPTIONS" in values) {
    throw fault(command, "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  }
  return values;
}

/** The folders in a GITHUB_PATH file, in the order in which they are searched. */
export function parsePathFile(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .reverse();
}

export function checkSummary(text: string): string {
  const size = Buffer.byteLength(text);
  if (size <= MAX_SUMMARY_BYTES) return text;
  const said = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(size / 1024)}k`;
  throw new CommandFileError(said);
}

function fault(command: string, detail: string): CommandFileError {
  return new CommandFileError(`Unable to process file command '${command}' successfully. ${detail}`);
}
