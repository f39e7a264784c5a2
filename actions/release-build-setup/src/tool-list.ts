import { findProgram } from "@release-actions/command";
import type { ToolRequest } from "@release-actions/tools";
import { isMac } from "./variables.ts";

/**
 * Reads the input `tools`: each is `name` or `name@version`. A name alone means any version on the PATH, else the
 * pinned one. An empty input means the tools for the notice on a Mac, which lacks them, and none elsewhere.
 */
export function chooseTools(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  makesNotice: boolean,
): ToolRequest[] {
  const defaults = isMac(env) && makesNotice ? ["cargo-license", "just"] : [];
  const chosen = given.length === 0 ? defaults : given.filter((item) => item !== "none");
  return chosen.map((item) => {
    const [name = "", version] = item.split(/@(.*)/s);
    return { name, version: version ?? (findProgram(name, env["PATH"]) === undefined ? "pinned" : "installed") };
  });
}
