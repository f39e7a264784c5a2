import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { installArchive } from "./archive.ts";
import { binstall, cargoInstall } from "./cargo-install.ts";
import { ToolError } from "./fault.ts";
import { PINNED_TOOLS, type PinnedTool } from "./pinned.ts";
import { programName, versionOf } from "./program.ts";
import type { ToolServices } from "./services.ts";

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

/** The folder in which tools are installed. It is below the home folder, so that the cache can use the same path on every runner. */
export function toolFolder(env: ToolServices["env"]): string {
  return path.join(env["HOME"] || homedir(), ".cache", "release-actions-tools");
}

/**
 * Finds a tool in the fastest source that has the version, or installs it.
 *
 * @throws ToolError when the tool or version is unknown, or cannot be installed
 */
export async function installTool(request: ToolRequest, services: ToolServices): Promise<InstalledTool> {
  const pin = (services.pins ?? PINNED_TOOLS).get(request.name);
  if (pin === undefined) {
    throw new ToolError(
      `"${request.name}" cannot be installed here: expected ${[...(services.pins ?? PINNED_TOOLS).keys()].join(", ")}`,
      {
        advice:
          "For other tools use taiki-e/install-action, which has verified binaries of hundreds of tools, in an earlier step.",
      },
    );
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
  const found = await services.toolCache.find(pin.name, version);
  if (found !== undefined && (await holds(pin, version, found, services)))
    return describe(pin, version, found, "tool cache");

  const folder = path.join(services.workFolder, `${pin.name}-${version}`);
  await mkdir(services.workFolder, { recursive: true });
  try {
    return await obtain(pin, version, folder, services);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function obtain(
  pin: PinnedTool,
  version: string,
  folder: string,
  services: ToolServices,
): Promise<InstalledTool> {
  const { toolCache, folderCache, platform } = services;
  const key = ["release-actions", pin.name, version, platform, services.env["ImageOS"] ?? "any"].join("-");
  if (folderCache !== undefined && (await folderCache.restore(folder, key))) {
    if (await holds(pin, version, folder, services)) {
      return describe(pin, version, await toolCache.store(folder, pin.name, version), "cache");
    }
    services.reporter.info(`the cache ${key} does not contain ${pin.name} ${version}: installing it`);
    await rm(folder, { recursive: true, force: true });
  }
  const from = await install(pin, version, folder, services);
  if (!(await holds(pin, version, folder, services))) {
    throw new ToolError(`${pin.name} was installed by ${from}, but does not report version ${version}`);
  }
  if (folderCache !== undefined) await folderCache.save(folder, key);
  return describe(pin, version, await toolCache.store(folder, pin.name, version), from);
}

async function install(
  pin: PinnedTool,
  version: string,
  folder: string,
  services: ToolServices,
): Promise<"release archive" | "cargo-binstall" | "cargo install"> {
  if (await installArchive(pin, version, folder, services)) return "release archive";
  if (await binstall(pin, version, folder, services)) return "cargo-binstall";
  await cargoInstall(pin, version, folder, services);
  return "cargo install";
}

function describe(pin: PinnedTool, version: string, folder: string, from: InstalledTool["from"]): InstalledTool {
  const bin = path.join(folder, "bin");
  return { name: pin.name, version, program: path.join(bin, programName(pin)), folder: bin, from };
}

async function holds(pin: PinnedTool, version: string, folder: string, services: ToolServices): Promise<boolean> {
  const program = path.join(folder, "bin", programName(pin));
  return existsSync(program) && (await versionOf(pin, program, services)) === version;
}

function report({ reporter }: ToolServices, tool: InstalledTool): InstalledTool {
  reporter.info(`${tool.name} ${tool.version} from ${tool.from}`);
  return tool;
}
