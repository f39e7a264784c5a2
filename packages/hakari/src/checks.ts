import { buildEnv, type CommandResult, type CommandRunner, findProgram } from "@release-actions/command";
import type { Location } from "@release-actions/report";
import { HakariError } from "./fault.ts";

export const CHECKS = ["generate", "manage-deps", "verify"] as const;
export type Check = (typeof CHECKS)[number];

const ARGUMENTS: Readonly<Record<Check, readonly string[]>> = {
  generate: ["generate", "--diff"],
  "manage-deps": ["manage-deps", "--dry-run"],
  verify: ["verify"],
};

export interface HakariServices {
  readonly run: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the cargo-hakari program. */
  readonly program: string;
  /** A folder of the workspace. */
  readonly cwd: string;
  /** The location of the format in hakari.toml, for the error of a cargo-hakari that is too old for it. */
  readonly format: Location;
}

export interface CheckResult {
  readonly check: Check;
  readonly drifted: boolean;
  /** The output of cargo-hakari about the drift, without colours. */
  readonly output: string;
}

/**
 * Runs one check.
 *
 * @throws HakariError when cargo-hakari fails
 */
export async function runCheck(check: Check, services: HakariServices): Promise<CheckResult> {
  const { exitCode, output } = await runHakari(ARGUMENTS[check], services);
  return { check, drifted: exitCode === 1, output: output.replace(/^info: ?/gm, "").trim() };
}

/**
 * Runs cargo-hakari. It exits with 1 for drift, but also for most failures, as any Rust program whose `main` returns an
 * error (101 for a panic, 102 for an unknown registry). A failure is recognised by its line `Error:`.
 *
 * @throws HakariError when cargo-hakari fails
 */
export async function runHakari(
  args: readonly string[],
  services: HakariServices,
): Promise<{ exitCode: number; output: string }> {
  // The program is started directly, because `cargo hakari` might find another cargo-hakari. So CARGO is set here, as
  // cargo would set it, to the proxy of rustup, which picks the pinned toolchain.
  const cargo = findProgram("cargo", services.env["PATH"]);
  const started = { CARGO: cargo, RUST_BACKTRACE: "0", NO_COLOR: "1", CARGO_TERM_COLOR: "never" };
  const env = { ...buildEnv(services.env).env, ...started };
  const options = { cwd: services.cwd, env, check: false, onOutput: () => undefined };
  const result = await services.run(services.program, ["hakari", ...args], options);
  const output = plainText(result.stderr + result.stdout);
  if (result.exitCode === 0 || (result.exitCode === 1 && !/^Error:/m.test(output)))
    return { exitCode: result.exitCode, output };
  throw tooOld(output, services.format) ?? failure(args, result, output);
}

function tooOld(output: string, location: Location): HakariError | undefined {
  const match = /unknown variant `(\d+)`, expected one of ((?:`\d+`(?:, )?)+)$/m.exec(output);
  if (match === null) return undefined;
  return new HakariError(
    `the format ${match[1]} of hakari.toml is newer than this cargo-hakari, which knows ${match[2]}`,
    {
      location,
      advice: "Set `version` to a newer cargo-hakari, or lower dep-format-version.",
    },
  );
}

function failure(args: readonly string[], { exitCode }: CommandResult, output: string): HakariError {
  const reasons = output
    .replace(/^[\s\S]*?^Error:\s*/m, "")
    .replace(/^\s*Backtrace omitted[\s\S]*$/m, "")
    .replace(/^ {3}\d+: /gm, "")
    .trim();
  const place = /--> (?<file>\S+?):(?<line>\d+):\d+/.exec(output)?.groups;
  const location = place?.["file"] === undefined ? undefined : { file: place["file"], line: Number(place["line"]) };
  return new HakariError(`\`cargo hakari ${args.join(" ")}\` failed with exit code ${exitCode}:\n${reasons}`, {
    advice:
      exitCode === 101
        ? "This is a crash of cargo-hakari: report it there, or try another `version`."
        : adviceFor(reasons),
    location,
  });
}

function adviceFor(reasons: string): string {
  if (/unrecognized registry/.test(reasons)) return "Name the registry under [registries] in hakari.toml.";
  if (/cargo metadata/.test(reasons)) return "Correct what `cargo metadata` reports: no check can run without it.";
  return "Correct the hakari configuration: this is not drift, so `cargo hakari generate` does not help.";
}

function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour looks like.
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
