import { placeOf } from "../fact.ts";
import type { RustPlace } from "../rust/place.ts";

/** `1.80.0 at ci.yml:5: workflow toolchain, ships, yields to the file, one of several, in crates/a`. Default values are left out. */
export function describePlace({ site, fact, use, yieldsToFile, role, folder }: RustPlace): string {
  const words = [fact, use, yieldsToFile ? "yields to the file" : "", role === "only" ? "" : role];
  const where = folder === "." ? [] : [`in ${folder}`];
  return `${site.value} at ${placeOf(site)}: ${[...words.filter((word) => word !== ""), ...where].join(", ")}`;
}
