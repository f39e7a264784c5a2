import { Fault } from "@release-actions/report";
import { findElf } from "./find-elf.ts";
import { inspect } from "./inspect.ts";
import { type Product, requireStripped } from "./products.ts";

/** Checks that each binary is shipped, stripped and with its debuglink. Returns where each was found. */
export async function checkShipped(
  products: readonly Product[],
  folders: readonly string[],
  workspace: string,
): Promise<ReadonlyMap<Product, readonly string[]>> {
  const byBuildId = new Map(products.map((product) => [product.buildId, product]));
  const places = new Map<Product, string[]>();
  // Each folder is searched by itself, because two images may have the same paths.
  const shipped = await Promise.all(folders.map((folder) => findElf([folder], workspace)));
  for (const { file, place } of shipped.flat()) {
    // An image also has files of its distribution, which this check ignores, even if they are damaged.
    const found = await inspect(file).catch(() => undefined);
    const product = byBuildId.get(found?.buildId ?? "");
    if (found === undefined || product === undefined) continue;
    requireStripped(found, product, place);
    places.set(product, [...(places.get(product) ?? []), place]);
  }
  const missing = products.filter((product) => !places.has(product));
  if (missing.length > 0) {
    const names = missing.map(({ name, buildId }) => `${name} (${buildId})`).join(", ");
    throw new Fault(`${folders.join(", ")} holds no file with the build id of ${names}`, {
      advice: "The shipped files were not made from these binaries: split and copy the output of the same build.",
    });
  }
  return places;
}
