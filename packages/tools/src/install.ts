import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { installArchive } from "./archive.ts";
import { binstall, cargoInstall } from "./cargo-install.ts";
import { PINNED_TOOLS, type PinnedTool } from "./pinned.ts";
import { programName, versionOf } from "./program.ts";
import { type Installation, ToolError, type ToolServices } from "./services.ts";

/** The tool to install. */
export interface ToolRequest {
  readonly name: string;
  /** An exact version, `installed` for the one on the PATH, or `pinned` for the one in pinned-tools.json. */
  readonly version: string;
}

/** An installed tool and its source. */
export interface InstalledTool {
  readonly name: string;
  readonly version: string;
  /** The absolute path of the program. */
  readonly program: string;
  /** The folder to add to the PATH; undefined when it is already there. */
  readonly folder: string | undefined;
  readonly from: "PATH" | "tool cache" | "cache" | "release archive" | "cargo-binstall" | "cargo install";
}

/**
 * Finds a tool in the fastest source that has the version, or installs it.
 *
 * @throws ToolError when the tool or version is unknown, or cannot be installed
 */
export async function installTool(request: ToolRequest, services: ToolServices): Promise<InstalledTool> {
  const pins = services.pins ?? PINNED_TOOLS;
  const pin = pins.get(request.name);
  if (pin === undefined) {
    throw new ToolError(`"${request.name}" cannot be installed here: expected ${[...pins.keys()].join(", ")}`, {
      advice:
        "For other tools use taiki-e/install-action, which has verified binaries of hundreds of tools, in an earlier step.",
    });
  }
  const version = request.version === "pinned" ? pin.version : request.version;
  const found = findProgram(pin.name, services.env["PATH"]);
  const onPath = found === undefined ? undefined : await versionOf(pin, found, services);
  if (found !== undefined && onPath !== undefined && (version === "installed" || onPath === version)) {
    return report(services, { name: pin.name, version: onPath, program: found, folder: undefined, from: "PATH" });
  }
  if (version === "installed") {
    throw new ToolError(`${pin.name} is not on the PATH, or does not start`, {
      advice: "Install it in an earlier step, or name the version to install.",
    });
  }
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    throw new ToolError(
      `"${version}" is not a version of ${pin.name}: expected an exact one such as ${pin.version}, or "installed"`,
    );
  }
  if (onPath !== undefined) services.reporter.info(`${pin.name} on the PATH is ${onPath}, expected ${version}`);
  return report(services, await fetchTool(pin, version, services));
}

/** Tries the sources of a tool, the fastest first. A tool is used only if it reports the expected version. */
async function fetchTool(pin: PinnedTool, version: string, services: ToolServices): Promise<InstalledTool> {
  const { toolCache, workFolder } = services;
  const found = await toolCache.find(pin.name, version);
  if (found !== undefined && (await holds({ pin, version, folder: found }, services)))
    return describe(pin, version, found, "tool cache");

  const folder = path.join(workFolder, `${pin.name}-${version}`);
  await mkdir(workFolder, { recursive: true });
  try {
    const from = await obtain({ pin, version, folder }, services);
    return describe(pin, version, await toolCache.store(folder, pin.name, version), from);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Brings the tool to the folder, from the cache or by installing it, and returns where it came from. */
async function obtain(wanted: Installation, services: ToolServices): Promise<InstalledTool["from"]> {
  const { pin, version, folder } = wanted;
  const { folderCache, platform, env, reporter } = services;
  const key = ["release-actions", pin.name, version, platform, env["ImageOS"] ?? "any"].join("-");
  if (await folderCache?.restore(folder, key)) {
    if (await holds(wanted, services)) return "cache";
    reporter.info(`the cache ${key} does not contain ${pin.name} ${version}: installing it`);
    await rm(folder, { recursive: true, force: true });
  }
  const from = await install(wanted, services);
  if (!(await holds(wanted, services))) {
    throw new ToolError(`${pin.name} was installed by ${from}, but does not report version ${version}`);
  }
  await folderCache?.save(folder, key);
  return from;
}

async function install(wanted: Installation, services: ToolServices): Promise<InstalledTool["from"]> {
  if (await installArchive(wanted, services)) return "release archive";
  if (await binstall(wanted, services)) return "cargo-binstall";
  await cargoInstall(wanted, services);
  return "cargo install";
}

function describe(pin: PinnedTool, version: string, folder: string, from: InstalledTool["from"]): InstalledTool {
  const bin = path.join(folder, "bin");
  return { name: pin.name, version, program: path.join(bin, programName(pin)), folder: bin, from };
}

async function holds({ pin, version, folder }: Installation, services: ToolServices): Promise<boolean> {
  const program = path.join(folder, "bin", programName(pin));
  return existsSync(program) && (await versionOf(pin, program, services)) === version;
}

function report({ reporter }: ToolServices, tool: InstalledTool): InstalledTool {
  reporter.info(`${tool.name} ${tool.version} from ${tool.from}`);
  return tool;
}
