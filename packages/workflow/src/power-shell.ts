import type { Call, ScriptReading } from "./call.ts";

/** Cmdlets and keywords, which do not set an exit code. */
const NO_PROGRAM =
  /^([A-Z][a-z]+-[A-Za-z]+|if|else|elseif|foreach|for|while|try|catch|finally|function|param|return|switch|echo|cd|\$.*|[{}()].*|#.*|\[.*)$/;

export function isPowerShell(shell: string | undefined): boolean {
  return /^(pwsh|powershell)\b/.test((shell ?? "").trim());
}

/**
 * The programs that a PowerShell script starts, line by line. An error of a cmdlet ends the script, but of programs only the
 * last one's exit code counts (docs: "Workflow syntax", exit codes and error action preference), unless the script checks
 * exit codes itself. Commands inside blocks may not run.
 */
export function powerShellCalls(script: string): ScriptReading {
  const checksAll = /\$PSNativeCommandUseErrorActionPreference\s*=\s*\$true/i.test(script);
  const calls: Call[] = [];
  let [depth, offset] = [0, 0];
  const lines = script.replaceAll(/`\r?\n/g, "  ").split("\n");
  const programs = lines.map((line): { words: readonly string[]; offset: number; depth: number; line: string } => {
    const at = { offset, depth, line };
    offset += line.length + 1;
    for (const character of line) depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    const words = line
      .trim()
      .replace(/^&\s*/, "")
      .split(/\s+/)
      .filter((word) => word !== "")
      .map((word) => word.replaceAll(/^["']|["']$/g, ""));
    return { ...at, words };
  });
  programs.forEach((program, index) => {
    const [first = ""] = program.words;
    if (first === "" || NO_PROGRAM.test(first)) return;
    const rest = programs.slice(index + 1);
    const follows = rest.find(({ words: [next = ""] }) => next !== "" && !next.startsWith("#"));
    const isChecked = /\$LASTEXITCODE/.test(follows?.line ?? "") || /\|\||&&/.test(program.line);
    const isFollowed = rest.some(({ words: [next = ""] }) => next !== "" && !NO_PROGRAM.test(next));
    const discount =
      program.depth > 0
        ? "in a branch that may not run"
        : isFollowed && !checksAll && !isChecked
          ? "followed by another program, whose exit code counts instead"
          : undefined;
    calls.push({ words: program.words, offset: program.offset, discount });
  });
  return { calls, errors: [] };
}
