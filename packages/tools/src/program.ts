import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { childEnv } from "@release-actions/command";
import type { PinnedTool } from "./pinned.ts";
import type { ToolServices } from "./services.ts";

export function programName(pin: PinnedTool): string {
  return process.platform === "win32" ? `${pin.name}.exe` : pin.name;
}

/** The version of a program, as it reports itself or as cargo recorded it; undefined when it is unknown. */
export async function versionOf(
  pin: PinnedTool,
  program: string,
  { run, env }: ToolServices,
): Promise<string | undefined> {
  if (pin.versionArgs === undefined) return recordedVersion(pin, program);
  const { exitCode, stdout } = await run(program, pin.versionArgs, {
    check: false,
    env: childEnv(env),
    onOutput: () => undefined,
  });
  return exitCode === 0 ? /(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(stdout)?.[1] : undefined;
}

/** `cargo install` keeps `.crates.toml` in its root, with a line such as `"just 1.59.0 (registry+...)" = ["just"]`. */
function recordedVersion(pin: PinnedTool, program: string): string | undefined {
  const record = path.join(path.dirname(program), "..", ".crates.toml");
  if (!existsSync(record)) return undefined;
  return new RegExp(`^"${pin.name} (\\S+) \\(`, "m").exec(readFileSync(record, "utf8"))?.[1];
}
