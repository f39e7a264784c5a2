import { queryRustc } from "@release-actions/cargo";
import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import {
  githubFolderCache,
  githubToolCache,
  type InstalledTool,
  installTool,
  PINNED_TOOLS,
  toolFolder,
} from "@release-actions/tools";
import type { HakariServices } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import { HakariError } from "./fault.ts";

/** What a step on a runner has to offer. */
export type OpenServices = Reporter & {
  readonly exec: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Makes sure of the pinned toolchain and of a cargo-hakari that knows the workspace's format. */
export async function openHakari(
  hakari: HakariWorkspace,
  options: { readonly cwd: string; readonly version: string | undefined },
  { exec, env, ...reporter }: OpenServices,
): Promise<{ services: HakariServices; tool: InstalledTool }> {
  const rustc = await queryRustc({ cwd: options.cwd, env, run: exec });
  reporter.info(`rustc ${rustc.release}${rustc.pinned === undefined ? "" : `, as ${rustc.pinned.location.file} pins`}`);
  const version = options.version ?? versionFor(hakari);
  const tool = await installTool(
    { name: "cargo-hakari", version },
    {
      ...{ run: exec, env, reporter, toolCache: githubToolCache(), folderCache: githubFolderCache(env, reporter) },
      workFolder: toolFolder(env),
      platform: `${process.platform}-${process.arch}`,
    },
  );
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
    `dep-format-version is "${format.version}", and no cargo-hakari is pinned for it: known are ${Object.keys(formats).join(", ")}`,
    {
      location: format.location,
      advice: "Set `version` to a cargo-hakari that knows the format, or correct it.",
    },
  );
}
