import { readFile } from "node:fs/promises";
import {
  type Libc,
  type Manifest,
  NpmError,
  type Product,
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
    const values: Readonly<Record<string, string>> = {
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
    const filled = text.replace(/\$\{(\w+)\}/g, (whole, key: string) => {
      const value = values[key];
      if (value !== undefined) return value;
      throw new NpmError(`the template ${file} has ${whole}, expected one of ${Object.keys(values).join(", ")}`);
    });
    return parseManifest(filled, file);
  };
}

export function parseManifest(text: string, file: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Manifest;
  } catch (cause) {
    throw new NpmError(`${file} is not JSON`, { cause });
  }
  throw new NpmError(`${file} does not contain a JSON object`);
}
