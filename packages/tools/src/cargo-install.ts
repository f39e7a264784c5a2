import { rm } from "node:fs/promises";
import { buildEnv, findProgram } from "@release-actions/command";
import { type Installation, ToolError, type ToolServices } from "./services.ts";

/**
 * Installs a tool with cargo-binstall, if it is on the PATH, from the binaries that the crate's own manifest names. Returns false if
 * cargo-binstall is missing or finds no binaries. It compiles nothing and does not use binaries from third parties.
 */
export async function binstall({ pin, version, folder }: Installation, services: ToolServices): Promise<boolean> {
  const program = pin.binstall ? findProgram("cargo-binstall", services.env["PATH"]) : undefined;
  if (program === undefined) return false;
  const options = ["--no-confirm", "--disable-telemetry", "--strategies", "crate-meta-data"];
  const args = ["binstall", ...options, "--root", folder, "--version", version, pin.name];
  const result = await services.run(program, args, { cwd: services.workFolder, env: toolEnv(services), check: false });
  if (result.exitCode === 0) return true;
  const reason = result.stderr.trim().split("\n").at(-1) ?? "";
  services.reporter.info(
    `cargo-binstall did not install ${pin.name} ${version} (exit code ${result.exitCode}): ${reason}`,
  );
  await rm(folder, { recursive: true, force: true });
  return false;
}

/** @throws ToolError when there is no cargo. */
export async function cargoInstall({ pin, version, folder }: Installation, services: ToolServices): Promise<void> {
  if (findProgram("cargo", services.env["PATH"]) === undefined) {
    throw new ToolError(`cargo is not on the PATH, but ${pin.name} ${version} must be compiled with it`, {
      advice: `Use a runner or container with Rust, or put ${pin.name} ${version} on the PATH in an earlier step.`,
    });
  }
  const faster = pin.binstall
    ? "; with cargo-binstall on the PATH (taiki-e/install-action brings it) the release's binary is used"
    : "";
  services.reporter.info(
    `compiling ${pin.name} ${version} with cargo install --locked, which takes minutes; later runs get it from the cache${faster}`,
  );
  const args = ["install", "--locked", "--root", folder, "--version", version, pin.name];
  await services.run("cargo", args, { cwd: services.workFolder, env: toolEnv(services) });
}

/** The environment for building the tool. The workspace's flags and targets are removed, since they are not meant for the tool. */
function toolEnv(services: ToolServices): NodeJS.ProcessEnv {
  const { RUSTFLAGS: _, CARGO_ENCODED_RUSTFLAGS: __, CARGO_BUILD_TARGET: ___, ...env } = buildEnv(services.env).env;
  return env;
}
