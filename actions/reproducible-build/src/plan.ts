import { homedir } from "node:os";
import path from "node:path";
import {
  configEnvironment,
  loadConfig,
  type Profile,
  printCfg,
  queryRustc,
  type Rustc,
  readWorkspace,
  resolveProfile,
  resolveRustflags,
} from "@release-actions/cargo";
import type { CommandRunner } from "@release-actions/command";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { canWrap } from "./compiler-wrappers.ts";
import { cFlags, sourceDateEpoch } from "./environment.ts";
import { findRemaps, type Places, parseRemapKeys, type Remap, remapFlags } from "./remap.ts";

type Inputs = ActionRunner["inputs"];

/** One call of cargo. */
export interface TargetPlan {
  readonly triple: string;
  readonly args: readonly string[];
  /** All flags, in the order rustc sees them. */
  readonly rustflags: readonly string[];
  /** The flags that are the same on every machine. */
  readonly portableFlags: readonly string[];
  /** Whether the target and the flags link the C runtime statically (`crt-static`). */
  readonly isStatic: boolean;
}

/** The decisions that are made before cargo runs. */
export interface Plan {
  readonly cwd: string;
  readonly places: Places;
  readonly remaps: readonly Remap[];
  readonly targets: readonly TargetPlan[];
  readonly profileName: string;
  readonly profile: Profile;
  readonly epoch: string;
  /** Variables for cargo and all programs that it starts, except the flags for rustc. */
  readonly env: Readonly<Record<string, string>>;
  /** How C and C++ compilers get the flags that map paths. */
  readonly cFlagsBy: "wrappers" | "variables" | "nothing";
  /** A folder for the PATH with compiler wrappers that add these flags; undefined without wrappers. */
  readonly compilers: string | undefined;
  /** Whether cargo itself replaces paths (`trim-paths`), so that no flags are needed. */
  readonly trimsPaths: boolean;
}

/** Finds out what cargo would do in a folder, and what must be added for the build to be reproducible. */
export async function planBuild(runner: ActionRunner, env: Readonly<NodeJS.ProcessEnv>): Promise<Plan> {
  const { inputs, exec } = runner;
  const cwd = inputs["working-directory"];
  const quiet: CommandRunner = (command, args, options) =>
    exec(command, args, { onOutput: () => undefined, ...options });
  const rustc = await queryRustc({ cwd, env, run: quiet });
  requireToolchain(inputs.toolchain, rustc);
  const workspace = readWorkspace(cwd);
  const cargoHome = path.resolve(cwd, env["CARGO_HOME"] || path.join(homedir(), ".cargo"));
  const config = loadConfig({ cwd, cargoHome });
  for (const warning of config.warnings) runner.problem({ level: "warning", message: warning });
  const sysroot = (await quiet("rustc", ["--print", "sysroot"], { cwd, env })).stdout.trim();
  const targetFolder = env["CARGO_TARGET_DIR"] === undefined ? undefined : path.resolve(cwd, env["CARGO_TARGET_DIR"]);
  const places: Places = {
    workspace: workspace.root,
    cargoHome,
    rustupHome: rustupHome(env, sysroot),
    sysroot,
    targetFolder,
  };
  const remaps = findRemaps(parseRemapKeys(inputs.remap), places);
  const epoch = await sourceDateEpoch(inputs["source-date-epoch"], cwd, runner);
  const added = [
    ...(inputs["deny-warnings"] ? ["-D", "warnings"] : []),
    ...(inputs.rustflags ?? "").split(/\s+/).filter(Boolean),
  ];

  const trimsPaths = inputs["trim-paths"] === "auto" && (await knowsTrimPaths(rustc, cwd, env, quiet));
  // Printed configuration lines can set variables, but cannot change the PATH.
  const wraps = inputs.mode === "build" && canWrap(env);
  const cFlagsBy = !inputs.cflags || remaps.length === 0 ? "nothing" : wraps ? "wrappers" : "variables";

  const targets: TargetPlan[] = [];
  for (const target of inputs.targets.length === 0 ? [undefined] : inputs.targets) {
    const triple = target ?? rustc.host;
    const cfg = (flags: readonly string[]): ReturnType<typeof printCfg> =>
      printCfg({ cwd, env: configEnvironment(config, env), run: quiet }, triple, flags);
    const resolved = await resolveRustflags({ config, env, target: triple, printCfg: cfg });
    for (const warning of resolved.warnings) runner.problem({ level: "warning", message: warning });
    const portableFlags = [...resolved.args.map(({ value }) => value), ...added];
    const rustflags = [...portableFlags, ...(trimsPaths ? [] : remapFlags(remaps))];
    const isStatic = (await cfg(portableFlags)).some(
      ({ name, value }) => name === "target_feature" && value === "crt-static",
    );
    const args = [...cargoArguments(inputs, target), ...(trimsPaths ? trimPathsArguments(inputs.profile) : [])];
    targets.push({ triple, args, rustflags, portableFlags, isStatic });
  }
  return {
    cwd,
    places,
    remaps,
    targets,
    epoch,
    trimsPaths,
    cFlagsBy,
    compilers: undefined,
    profileName: inputs.profile,
    profile: resolveProfile(inputs.profile, { workspace, config, env }),
    env: { CARGO_INCREMENTAL: "0", SOURCE_DATE_EPOCH: epoch, ...(cFlagsBy === "variables" ? cFlags(remaps, env) : {}) },
  };
}

/** Whether cargo has `trim-paths` and allows it: on nightly, or with RUSTC_BOOTSTRAP. */
async function knowsTrimPaths(
  { release }: Rustc,
  cwd: string,
  env: Readonly<NodeJS.ProcessEnv>,
  quiet: CommandRunner,
): Promise<boolean> {
  if (!/nightly|dev/.test(release) && env["RUSTC_BOOTSTRAP"] !== "1") return false;
  const { exitCode, stdout } = await quiet("cargo", ["-Z", "help"], { cwd, env, check: false });
  return exitCode === 0 && /-Z trim-paths\b/.test(stdout);
}

/** https://doc.rust-lang.org/cargo/reference/unstable.html#profile-trim-paths-option */
function trimPathsArguments(profile: string): string[] {
  return ["-Ztrim-paths", "--config", `profile.${profile}.trim-paths=["macro","object"]`];
}

/** The packages, sorted and each once: cargo unifies features over all of them, so one call must build all. */
function cargoArguments(inputs: Inputs, target: string | undefined): string[] {
  const packages = [...new Set(inputs.packages)].sort();
  return [
    ...["build", "--profile", inputs.profile],
    ...(inputs.locked ? ["--locked"] : []),
    ...packages.flatMap((name) => ["-p", name]),
    ...(target === undefined ? [] : ["--target", target]),
  ];
}

function requireToolchain(wanted: string | undefined, { release, pinned }: Rustc): void {
  if (wanted === undefined) return;
  if (pinned !== undefined && pinned.channel !== wanted) {
    throw new Fault(`input \`toolchain\` is ${wanted}, but ${pinned.location.file} pins ${pinned.channel}`, {
      location: pinned.location,
      advice: "Use the same version in both places.",
    });
  }
  if (/^\d/.test(wanted) && release !== wanted && !release.startsWith(`${wanted}.`)) {
    throw new Fault(`input \`toolchain\` is ${wanted}, but rustc here is ${release}`);
  }
}

/** Rustup's folder, if the toolchain is in it; undefined without rustup. */
function rustupHome(env: Readonly<NodeJS.ProcessEnv>, sysroot: string): string | undefined {
  const home = env["RUSTUP_HOME"] || path.join(homedir(), ".rustup");
  return sysroot.startsWith(`${home}${path.sep}`) ? home : undefined;
}
