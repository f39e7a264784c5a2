import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findProgram, runCommand } from "@release-actions/command";
import { aptGet } from "../apt.ts";
import { cacheFolder } from "../folders.ts";
import type { Tool } from "./pins.ts";

/** The folder for a tool's program; undefined for Debian packages, whose programs are on the PATH. */
export function binFolder(tool: Tool): string | undefined {
  return tool.by === "apt" ? undefined : path.join(toolFolder(tool), "bin");
}

export function isInstalled(tool: Tool): boolean {
  const folder = binFolder(tool);
  const program = tool.program ?? tool.name;
  if (folder !== undefined) return existsSync(path.join(folder, program));
  return findProgram(program, process.env["PATH"]) !== undefined;
}

function toolFolder({ name, version }: Tool): string {
  return cacheFolder("tools", name, version);
}

/**
 * Installs tools, those of one kind of source after each other. The folder of a tool appears only when it is complete. A tool that
 * cannot be installed does not stop the others.
 */
export async function install(tools: readonly Tool[], say: (text: string) => void): Promise<void> {
  const missing = tools.filter((tool) => !isInstalled(tool));
  const of = (by: Tool["by"]): Tool[] => missing.filter((tool) => tool.by === by);
  const debian = of("apt");
  const results = await Promise.allSettled([
    debian.length === 0 ? undefined : installDebianPackages(debian, say),
    // Cargo and Go each use every core; running both in parallel only fills idle moments.
    ...[of("go"), of("cargo"), of("pip")].map((group) => installInTurn(group, say)),
  ]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function installInTurn(tools: readonly Tool[], say: (text: string) => void): Promise<void> {
  for (const tool of tools) {
    const started = performance.now();
    say(`installing ${tool.name} ${tool.version}`);
    const home = toolFolder(tool);
    const partial = `${home}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    await installInto(partial, tool);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
    say(`installed ${tool.name} in ${Math.round((performance.now() - started) / 1000)} s`);
  }
}

async function installInto(folder: string, tool: Tool): Promise<void> {
  const { name, version } = tool;
  if (tool.by === "go") {
    const env = { ...process.env, GOFLAGS: "", GOBIN: path.join(folder, "bin") };
    const variables = Object.entries(tool.variables ?? {}).map(([key, value]) => `-X=${key}=${value}`);
    const flags = variables.length === 0 ? [] : [`-ldflags=-s -w ${variables.join(" ")}`];
    if (tool.tags !== undefined) flags.push(`-tags=${tool.tags.join(",")}`);
    const wanted = `${tool.module}@v${version}`;
    if (tool.hasReplacements === true) {
      const output = path.join(folder, "bin", tool.program ?? name);
      await runCommand("go", ["build", ...flags, "-o", output, "."], { cwd: await moduleFolder(wanted), env });
      return;
    }
    await runCommand("go", ["install", ...flags, wanted], { env });
    // Go names a program after its folder; `program` renames it, so that two versions can be installed side by side.
    const [built, program] = [path.basename(tool.module), tool.program ?? name];
    if (built !== program) renameSync(path.join(folder, "bin", built), path.join(folder, "bin", program));
  } else if (tool.by === "cargo") {
    // Debug builds without debug information are used, because the time until the first test matters most.
    const target = cacheFolder("build", "cargo-target");
    const env = { ...process.env, CARGO_TARGET_DIR: target, CARGO_PROFILE_DEV_DEBUG: "0", RUSTFLAGS: undefined };
    const features = tool.features === undefined ? [] : ["--no-default-features", "--features", tool.features];
    const wanted = [name, "--version", version, ...features];
    await runCommand("cargo", ["install", "--locked", "--debug", "--root", folder, ...wanted], { env });
  } else {
    await runCommand("python3", [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--target",
      folder,
      `${name}==${version}`,
    ]);
  }
}

/** The folder in which Go keeps the files of a module `<path>@<version>`. Go downloads them if necessary. */
export async function moduleFolder(module: string): Promise<string> {
  await runCommand("go", ["mod", "download", module], { cwd: tmpdir() });
  const cache = (await runCommand("go", ["env", "GOMODCACHE"])).stdout.trim();
  // Go escapes capitals, because some file systems ignore case (go.dev/ref/mod, "module-path").
  return path.join(
    cache,
    module.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`),
  );
}

async function installDebianPackages(tools: readonly Tool[], say: (text: string) => void): Promise<void> {
  const names = tools.map((tool) => (tool.by === "apt" ? (tool.debianPackage ?? tool.name) : tool.name));
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    say(`not installed, for want of root on a Debian-like system: ${names.join(" ")}`);
    return;
  }
  say(`installing Debian packages: ${names.join(" ")}`);
  // A failed update of one of several sources may not matter; the installation will show.
  await aptGet(["update", "--quiet"], { check: false });
  await aptGet(["install", "--yes", "--quiet", "--no-install-recommends", ...names]);
}
