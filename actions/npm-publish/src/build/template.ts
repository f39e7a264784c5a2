import { readFile } from "node:fs/promises";
import {
  fillPlaceholders,
  type Libc,
  type Manifest,
  NpmError,
  type Product,
  parseManifest,
  platformPackageName,
  type WantedPlatform,
} from "@release-actions/npm";

/** Reads the input `template`, and fills it for one platform package. */
export async function openTemplate(
  file: string | undefined,
): Promise<(product: Product, wanted: WantedPlatform, libc: Libc | undefined) => Manifest> {
  if (file === undefined) return () => ({});
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new NpmError(`the template ${file} cannot be read`, { cause });
  });
  return (product, wanted, libc) => {
    const { version } = product;
    const name = platformPackageName(product, wanted);
    const values = {
      name,
      version,
      os: wanted.os,
      cpu: wanted.cpu,
      libc: libc ?? "",
      // The variable names that `envsubst` recipes use. Their templates contain the scope, so the name goes without it.
      node_pkg: name.replace(/^@[^/]+\//, ""),
      node_version: version,
      node_os: wanted.os,
      node_arch: wanted.cpu,
    };
    return parseManifest(fillPlaceholders(text, values, `the template ${file}`), file);
  };
}
