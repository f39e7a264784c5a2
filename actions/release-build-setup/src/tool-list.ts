import type { ToolRequest } from "@release-actions/tools";
import { isMac } from "./variables.ts";

/** `name` or `name@version`; without any, what a Mac lacks and the Linux images have. */
export function chooseTools(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ToolRequest[] {
  const defaults = isMac(env) ? ["cargo-license", "just"] : [];
  const chosen = given.length === 0 ? defaults : given.filter((item) => item !== "none");
  return chosen.map((item) => {
    const [name = "", version = "pinned"] = item.split("@");
    return { name, version };
  });
}
