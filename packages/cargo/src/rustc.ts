import { type CommandRunner, childEnv } from "@release-actions/command";
import { type Cfg, parseCfgLines } from "./cfg.ts";
import { CargoError } from "./fault.ts";
import { findToolchainFile, type ToolchainFile } from "./toolchain.ts";

/** The compiler that cargo would start in a folder. */
export interface Rustc {
  /** `1.95.0`, `1.97.0-nightly`. */
  readonly release: string;
  /** The target triple of the host, which is also the default target. */
  readonly host: string;
  /** The `rust-toolchain.toml` or `rust-toolchain` file that applies, if there is one. */
  readonly pinned: ToolchainFile | undefined;
}

export interface RustcQuestion {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: CommandRunner;
}

/**
 * Runs `rustc -vV`.
 *
 * @throws CargoError when rustc does not start, or when its release is not the one that the toolchain file pins.
 */
export async function queryRustc(question: RustcQuestion): Promise<Rustc> {
  const { cwd, env, run } = question;
  const pinned = findToolchainFile(cwd);
  const result = await run("rustc", ["-vV"], { cwd, env: childEnv(env), check: false });
  if (result.exitCode !== 0) throw missingToolchain(result.stderr, pinned);
  const release = /^release: (.+)$/m.exec(result.stdout)?.[1];
  const host = /^host: (.+)$/m.exec(result.stdout)?.[1];
  if (release === undefined || host === undefined) {
    throw new CargoError(`\`rustc -vV\` did not name its release and host, but said:\n${result.stdout}`);
  }
  // RUSTUP_TOOLCHAIN overrides the file: whoever sets it wants that.
  if (pinned !== undefined && !env["RUSTUP_TOOLCHAIN"] && contradicts(pinned.channel, release)) {
    throw new CargoError(`${pinned.location.file} pins Rust ${pinned.channel}, but rustc here is ${release}`, {
      location: pinned.location,
      advice: `Without rustup, the file has no effect: use an image with Rust ${pinned.channel}, or change the pin.`,
    });
  }
  return { release, host, pinned };
}

/** The crate types that cargo passes in one call (`KNOWN_CRATE_TYPES` in its target_info.rs). */
const CRATE_TYPES = ["bin", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"];

/**
 * The `cfg` values that cargo sees for a target. The flags may add or imply some (`-C target-feature=+crt-static`).
 * Like cargo, this passes all crate types in one call, which hides `crt-static` on musl and wasi, and drops
 * `proc_macro`, which that call adds.
 */
export async function printCfg(question: RustcQuestion, target: string, flags: readonly string[]): Promise<Cfg[]> {
  const { cwd, env, run } = question;
  const kinds = CRATE_TYPES.flatMap((kind) => ["--crate-type", kind]);
  const args = ["-", "--crate-name", "___", "--print", "cfg", "--target", target, ...flags, ...kinds, "-Wwarnings"];
  const result = await run("rustc", args, { cwd, env, check: false });
  if (result.exitCode === 0) return parseCfgLines(result.stdout).filter(({ name }) => name !== "proc_macro");
  const shown = result.stderr.trim().split("\n").slice(0, 6).join("\n");
  throw new CargoError(`rustc cannot describe the target ${target} with the flags "${flags.join(" ")}":\n${shown}`, {
    advice: "Check the name of the target with `rustc --print target-list`, and the flags' spelling.",
  });
}

function contradicts(channel: string, release: string): boolean {
  if (!/^\d+\.\d+(\.\d+)?$/.test(channel)) return false;
  return release !== channel && !release.startsWith(`${channel}.`);
}

function missingToolchain(stderr: string, pinned: ToolchainFile | undefined): CargoError {
  const said = stderr.trim().split("\n").slice(0, 4).join("\n");
  if (pinned === undefined)
    return new CargoError(`rustc does not start:\n${said}`, { advice: "Install Rust with rustup." });
  return new CargoError(`${pinned.location.file} pins Rust ${pinned.channel}, which does not start here:\n${said}`, {
    location: pinned.location,
    advice: `Run \`rustup toolchain install ${pinned.channel}\` first.`,
  });
}
