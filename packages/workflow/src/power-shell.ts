import type { Call } from "./call.ts";

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
export function powerShellCalls(script: string): readonly Call[] {
  const checksAll = /\$PSNativeCommandUseErrorActionPreference\s*=\s*\$true/i.test(script);
  let depth = 0;
  const lines = script.replaceAll(/`\r?\n/g, "  ").split("\n");
  const programs = lines.map((line) => {
    const isInBlock = depth > 0;
    for (const character of line) depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    const written = line.trim().replace(/^&\s*/, "").split(/\s+/);
    const words = written.map((word) => word.replaceAll(/^["']|["']$/g, ""));
    return { words, isInBlock, line };
  });
  return programs.flatMap(({ words, isInBlock, line }, index): Call[] => {
    const [first = ""] = words;
    if (first === "" || NO_PROGRAM.test(first)) return [];
    const rest = programs.slice(index + 1);
    const follows = rest.find(({ words: [next = ""] }) => next !== "" && !next.startsWith("#"));
    const isChecked = /\$LASTEXITCODE/.test(follows?.line ?? "") || /\|\||&&/.test(line);
    const isFollowed = rest.some(({ words: [next = ""] }) => next !== "" && !NO_PROGRAM.test(next));
    if (isInBlock) return [{ words, discount: "in a branch that may not run" }];
    const isHidden = isFollowed && !checksAll && !isChecked;
    const discount = isHidden ? "followed by another program, whose exit code counts instead" : undefined;
    return [{ words, discount }];
  });
}
