import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import type { ActionRunner } from "./action.gen.ts";
import { SHIM_SOURCE } from "./shim-source.ts";
import type { Variation } from "./variation.ts";
import { VARIED_FOLDERS, VARIED_VALUES } from "./varied-values.ts";

/** Variations that need the preloaded library. */
const ONLY_BY_SHIM: readonly Variation[] = ["host", "domain", "kernel", "time", "file-order"];
/** Variations that the preloaded library makes. The user's name is also in variables, so it can vary without it. */
const BY_SHIM: readonly Variation[] = [...ONLY_BY_SHIM, "user"];

/** The tools for variations on this machine. */
export interface Means {
  /** The compiled library, or why there is none. */
  readonly shim: { readonly file: string } | { readonly why: string };
  readonly setarch: string | undefined;
  readonly taskset: string | undefined;
}

/** How to start cargo in a varied environment. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The command and arguments before `cargo`, such as `setarch -R`. */
  readonly wrapper: readonly string[];
  /** Arguments to add after the plan's. */
  readonly args: readonly string[];
  readonly umask: number | undefined;
}

/** Finds the tools for variations, and compiles the library, which takes a moment. */
export async function findMeans(folder: string, runner: ActionRunner): Promise<Means> {
  const linux = process.platform === "linux";
  const find = (name: string): string | undefined => (linux ? findProgram(name, runner.env["PATH"]) : undefined);
  return { shim: await compileShim(folder, runner), setarch: find("setarch"), taskset: find("taskset") };
}

async function compileShim(folder: string, { env, exec }: ActionRunner): Promise<Means["shim"]> {
  if (process.platform !== "linux")
    return { why: `a library can be preloaded on Linux only, this is ${process.platform}` };
  const compiler = findProgram("cc", env["PATH"]);
  if (compiler === undefined) return { why: "there is no C compiler (`cc`) on the PATH" };
  const [source, file] = [path.join(folder, "shim.c"), path.join(folder, "shim.so")];
  await writeFile(source, SHIM_SOURCE);
  const args = ["-shared", "-fPIC", "-O1", "-o", file, source, "-ldl", "-lpthread"];
  const { exitCode, stderr } = await exec(compiler, args, { check: false, onOutput: () => undefined });
  return exitCode === 0
    ? { file }
    : { why: `the library does not compile here: ${stderr.trim().split("\n")[0] ?? ""}` };
}

/** The variations that are impossible on this machine, each with the reason. */
export function impossible(wanted: readonly Variation[], means: Means): Map<Variation, string> {
  const missing = new Map<Variation, string>();
  for (const one of wanted) {
    if (ONLY_BY_SHIM.includes(one) && "why" in means.shim) missing.set(one, means.shim.why);
    if (one === "aslr" && means.setarch === undefined) missing.set(one, "there is no `setarch` on the PATH");
    if (one === "umask" && process.platform === "win32") missing.set(one, "Windows has no umask");
  }
  return missing;
}

/** How to start cargo with these variations. `round` distinguishes several builds with the same variations. */
export function surroundingsOf(
  varied: readonly Variation[],
  means: Means,
  env: Readonly<NodeJS.ProcessEnv>,
  { home, round = 0 }: { readonly home: string; readonly round?: number },
): Surroundings {
  const has = (one: Variation): boolean => varied.includes(one);
  const inTurn = <T>(values: readonly [T, T]): T => values[round % 2 === 1 ? 1 : 0];
  const { user, host } = VARIED_VALUES;
  const shimmed = varied.filter((one) => BY_SHIM.includes(one));
  const changed: NodeJS.ProcessEnv = {
    ...env,
    ...(has("home") ? { HOME: home, USERPROFILE: home } : {}),
    ...(has("user") ? { USER: user, LOGNAME: user, USERNAME: user } : {}),
    ...(has("host") ? { HOSTNAME: host, COMPUTERNAME: host.toUpperCase() } : {}),
    ...(has("timezone") ? { TZ: inTurn(VARIED_VALUES.timezone) } : {}),
    ...(has("locale")
      ? {
          LANG: inTurn(VARIED_VALUES.lang),
          LC_ALL: inTurn(VARIED_VALUES.locale),
          LANGUAGE: inTurn(VARIED_VALUES.language),
        }
      : {}),
    ...(has("environment") ? { [VARIED_VALUES.variable]: `one more variable, ${round}` } : {}),
    ...(has("exec-path")
      ? { PATH: [env["PATH"] ?? "", path.join(home, VARIED_FOLDERS.programs)].join(path.delimiter) }
      : {}),
    ...(shimmed.length > 0 && "file" in means.shim
      ? { REPRO_SHIM: shimmed.join(","), LD_PRELOAD: [means.shim.file, env["LD_PRELOAD"]].filter(Boolean).join(":") }
      : {}),
  };
  const onOneCpu = has("cpus") && means.taskset !== undefined ? [means.taskset, "-c", "0"] : [];
  const fixedLayout = has("aslr") && means.setarch !== undefined ? [means.setarch, "-R"] : [];
  return {
    env: changed,
    wrapper: [...fixedLayout, ...onOneCpu],
    args: has("cpus") ? ["--jobs", inTurn(["1", String(Math.max(1, availableParallelism() - 1))])] : [],
    umask: has("umask") ? inTurn(VARIED_VALUES.umask) : undefined,
  };
}
