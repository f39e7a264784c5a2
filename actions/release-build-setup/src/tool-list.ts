import type { ToolRequest } from "@release-actions/tools";
import { isMac } from "./variables.ts";

/** `name` or `name@version`; without any, what making the notice takes and a Mac lacks. */
export function chooseTools(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  makesNotice: boolean,
): ToolRequest[] {
  const defaults = isMac(env) && makesNotice ? ["cargo-license", "just"] : [];
  const chosen = given.length === 0 ? defaults : given.filter((item) => item !== "none");
  return chosen.map((item) => {
    const [name = "", version = "pinned"] = item.split("@");
    return { name, version };
  });
}
