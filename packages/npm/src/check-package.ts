import { NpmError } from "./error.ts";
import { requireLicense } from "./license.ts";
import { installScripts, type Manifest } from "./manifest.ts";
import { requirePackageName } from "./name.ts";
import type { PackageFiles } from "./tarball.ts";

const MAX_SHEBANG_BYTES = 127;

/** Parses a package.json. @throws NpmError */
export function parseManifest(content: string | Uint8Array, shown: string): Manifest {
  try {
    const text = typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content);
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Manifest;
  } catch (cause) {
    throw new NpmError(`${shown} is not JSON`, { cause });
  }
  throw new NpmError(`${shown} does not contain a JSON object`);
}

/** Reads the package.json in a packed package. @throws NpmError */
export function readManifest(files: PackageFiles, shown: string): Manifest {
  const file = files.get("package.json");
  if (file === undefined) throw new NpmError(`${shown} has no package.json`);
  return parseManifest(file.content, `the package.json of ${shown}`);
}

/**
 * Checks a packed package for faults that would break its installation: an invalid name or licence, `private`, install
 * scripts, or `bin` files that are missing, not executable or without a valid first line.
 *
 * @returns its package.json
 * @throws NpmError
 */
export function checkPackage(files: PackageFiles, shown: string): Manifest {
  const manifest = readManifest(files, shown);
  requirePackageName(String(manifest["name"]));
  requireLicense(manifest["license"], shown);
  const complaints = [
    ...(manifest["private"] === true ? ["is marked `private`"] : []),
    ...Object.keys(installScripts(manifest["scripts"])).map(
      (name) => `has the script \`${name}\`, which many package managers do not run`,
    ),
    ...Object.entries(Object(binOf(manifest)) as Record<string, unknown>).flatMap(([name, target]) =>
      complaintsAboutBin(files, name, String(target)),
    ),
  ];
  if (complaints.length > 0) throw new NpmError(`${shown} ${complaints.join("; ")}`);
  return manifest;
}

/**
 * Checks that a base package has a `bin` and pins each of its platform packages to its own version.
 *
 * @throws NpmError
 */
export function checkBase(manifest: Manifest, platformPackages: readonly string[]): void {
  const optional = Object(manifest["optionalDependencies"]) as Record<string, unknown>;
  const version = manifest["version"];
  const wrong = platformPackages.filter((name) => optional[name] !== version);
  if (wrong.length > 0) {
    throw new NpmError(`${manifest["name"]} does not pin ${wrong.join(", ")} to ${version} in optionalDependencies`);
  }
  if (Object.keys(Object(binOf(manifest)) as object).length === 0) {
    throw new NpmError(`${manifest["name"]} has no \`bin\`: nothing would start when it is installed`);
  }
}

/** `bin` as a map. In its short form, a string, the program has the name of the package. */
export function binOf(manifest: Manifest): Readonly<Record<string, unknown>> {
  const bin = manifest["bin"];
  if (typeof bin !== "string") return Object(bin) as Record<string, unknown>;
  return { [String(manifest["name"]).replace(/^@[^/]+\//, "")]: bin };
}

function complaintsAboutBin(files: PackageFiles, name: string, target: string): string[] {
  const file = files.get(target.replace(/^\.\//, ""));
  const shown = `\`bin\` ${name}, ${target},`;
  if (file === undefined) return [`has no file for ${shown}`];
  const complaints = file.executable ? [] : [`has ${shown} without the executable bit`];
  const head = Buffer.from(file.content.subarray(0, MAX_SHEBANG_BYTES + 1)).toString("latin1");
  const line = /^[^\n]*/.exec(head)?.[0] ?? "";
  if (!line.startsWith("#!")) return [...complaints, `has ${shown} whose first line is not a shebang`];
  if (line.endsWith("\r")) return [...complaints, `has ${shown} whose first line ends with CR LF`];
  return complaints;
}
