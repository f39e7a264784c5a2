import { queryRustc } from "@release-actions/cargo";
import { githubServices, type InstalledTool, installTool, PINNED_TOOLS, type ToolHost } from "@release-actions/tools";
import type { HakariServices } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import { HakariError } from "./fault.ts";
import { findNamedVersion } from "./version-file.ts";

/** Checks the pinned toolchain and installs a cargo-hakari that supports the workspace's format. */
export async function openHakari(
  hakari: HakariWorkspace,
  options: { readonly cwd: string; readonly version: string | undefined },
  host: ToolHost,
): Promise<{ services: HakariServices; tool: InstalledTool }> {
  const { exec, env } = host;
  const rustc = await queryRustc({ cwd: options.cwd, env, run: exec });
  host.info(`rustc ${rustc.release}${rustc.pinned === undefined ? "" : `, as ${rustc.pinned.location.file} pins`}`);
  const named = options.version === undefined ? findNamedVersion(hakari.workspace.root) : undefined;
  if (named !== undefined)
    host.info(`cargo-hakari ${named.version}, as ${named.location.file}:${named.location.line} says`);
  const version = options.version ?? named?.version ?? versionFor(hakari);
  const tool = await installTool({ name: "cargo-hakari", version }, githubServices(host));
  return {
    services: { run: exec, env, program: tool.program, cwd: options.cwd, format: hakari.format.location },
    tool,
  };
}

function versionFor({ format }: HakariWorkspace): string {
  const formats = PINNED_TOOLS.get("cargo-hakari")?.formats ?? {};
  const version = Object.hasOwn(formats, format.version) ? formats[format.version] : undefined;
  if (version !== undefined) return version;
  throw new HakariError(
    `dep-format-version is "${format.version}", and no cargo-hakari is pinned for it: there are versions for ${Object.keys(formats).join(", ")}`,
    {
      location: format.location,
      advice: "Set `version` to a cargo-hakari that knows the format, or correct it.",
    },
  );
}
