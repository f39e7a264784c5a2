import { findProgram } from "@release-actions/command";
import type { ToolRequest } from "@release-actions/tools";
import { isMac } from "./variables.ts";

/**
 * `name` or `name@version`; without any, what making the notice takes and a Mac lacks. Of a name alone whatever version is on the
 * PATH, else the pinned one.
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
