import { findProgram } from "@release-actions/command";
import {
  githubServices,
  type InstalledTool,
  installTool,
  type ToolHost,
  type ToolRequest,
} from "@release-actions/tools";

/** Finds or installs the tools one after the other: builds use every core by themselves. */
export async function installTools(items: readonly string[], host: ToolHost): Promise<readonly InstalledTool[]> {
  const services = githubServices(host);
  const tools: InstalledTool[] = [];
  for (const item of items) tools.push(await installTool(requestFor(item, host.env["PATH"]), services));
  return tools;
}

/** `name@version`; of a name alone whatever version is on the PATH, else the pinned one. */
export function requestFor(item: string, searchPath: string | undefined): ToolRequest {
  const [name = "", version] = item.split(/@(.*)/s);
  return { name, version: version ?? (findProgram(name, searchPath) === undefined ? "pinned" : "installed") };
}
