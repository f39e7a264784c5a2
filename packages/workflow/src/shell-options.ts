/** The options of a shell that determine which failures end a script. */
export interface ShellOptions {
  /** `set -e`: a command that fails ends the script. */
  stops: boolean;
  pipefail: boolean;
}

/** The shells whose scripts can be read, and how the runner starts them (docs: "Workflow syntax", `shell`). */
const SHELLS: Readonly<Record<string, Readonly<ShellOptions>>> = {
  "": { stops: true, pipefail: false },
  bash: { stops: true, pipefail: true },
  sh: { stops: true, pipefail: false },
};

/** The options with which a shell starts, as written in the workflow; undefined for a shell that is not supported. */
export function shellOptions(shell: string | undefined): Readonly<ShellOptions> | undefined {
  const [program = "", ...args] = (shell ?? "").trim().split(/\s+/);
  const defaults = Object.hasOwn(SHELLS, program) ? SHELLS[program] : undefined;
  if (defaults === undefined || args.length === 0) return defaults;
  const flags = args.join(" ");
  return { stops: /(^|\s)-\w*e/.test(flags), pipefail: /pipefail/.test(flags) };
}

/** Applies the arguments of `set`. */
export function changeOptions(options: ShellOptions, args: readonly string[]): void {
  args.forEach((arg, index) => {
    if (/^-\w*e/.test(arg)) options.stops = true;
    if (/^\+\w*e/.test(arg)) options.stops = false;
    if (args[index + 1] === "pipefail" && /^[-+]\w*o$/.test(arg)) options.pipefail = arg.startsWith("-");
    if (args[index + 1] === "errexit" && /^[-+]\w*o$/.test(arg)) options.stops = arg.startsWith("-");
  });
}
