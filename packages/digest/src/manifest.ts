import { ALGORITHMS, DigestError, type Digests } from "./algorithm.ts";
import { byCodeUnit } from "./tree.ts";

const FORMAT = "build-manifest";
const VERSION = 1;

/** One built file or symbolic link. `path` is relative, with `/`; `mode` has the permission bits. */
export type ManifestEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly size: number;
      readonly mode: number;
      readonly digests: Digests;
    }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** The files that a build produced and the context in which it ran, for comparison on another machine. */
export interface Manifest {
  /** The sources, tools and settings of the build: `target`, `rustc`, `build-command`, ... Values are only shown, never run. */
  readonly context: ReadonlyMap<string, string>;
  /** Sorted by path in code unit order, without duplicates. */
  readonly files: readonly ManifestEntry[];
}

/** The manifest as JSON with a version. Keys and files are sorted, so that equal manifests are equal texts. */
export function formatManifest(manifest: Manifest): string {
  const context = Object.fromEntries([...manifest.context].sort(([a], [b]) => byCodeUnit(a, b)));
  const files = [...manifest.files].sort((a, b) => byCodeUnit(a.path, b.path)).map(formatEntry);
  return `${JSON.stringify({ format: FORMAT, version: VERSION, context, files }, undefined, 2)}\n`;
}

function formatEntry(entry: ManifestEntry): unknown {
  if (entry.kind === "symlink") return { path: entry.path, symlink: entry.target };
  const digests = Object.fromEntries(
    ALGORITHMS.flatMap((name) => (entry.digests[name] === undefined ? [] : [[name, entry.digests[name]]])),
  );
  return { path: entry.path, size: entry.size, mode: entry.mode.toString(8).padStart(4, "0"), ...digests };
}

/**
 * Reads the output of `formatManifest`. `source` names it in errors. Two manifests that are equal because both are
 * empty would prove nothing, so the reader is strict.
 *
 * @throws DigestError for anything missing, unknown or duplicate
 */
export function parseManifest(text: string, source: string): Manifest {
  const fail = (message: string, cause?: unknown): never => {
    throw new DigestError(`${source} is not a build manifest: ${message}`, { location: { file: source }, cause });
  };
  const root = asRecord(parseJson(text, fail)) ?? fail("expected a JSON object");
  if (root["format"] !== FORMAT) fail(`"format" is ${show(root["format"])}, expected "${FORMAT}"`);
  if (root["version"] !== VERSION) fail(`"version" is ${show(root["version"])}, expected ${VERSION}`);
  const context = new Map<string, string>();
  for (const [key, value] of Object.entries(asRecord(root["context"]) ?? fail('"context" is not an object'))) {
    if (typeof value !== "string") fail(`the context's "${key}" is ${show(value)}, expected a string`);
    else context.set(key, value);
  }
  const list: unknown = root["files"];
  if (!Array.isArray(list)) return fail('"files" is not a list');
  const files = new Map<string, ManifestEntry>();
  for (const [index, item] of list.entries()) {
    const entry = parseEntry(item, (message) => fail(`file ${index + 1}: ${message}`));
    if (files.has(entry.path)) fail(`${show(entry.path)} is listed twice`);
    files.set(entry.path, entry);
  }
  if (files.size === 0) fail("it lists no files");
  return { context, files: [...files.values()].sort((a, b) => byCodeUnit(a.path, b.path)) };
}

function parseEntry(value: unknown, fail: (message: string) => never): ManifestEntry {
  const item = asRecord(value) ?? fail("expected an object");
  const path = item["path"];
  if (typeof path !== "string" || !isInside(path))
    return fail(`"path" is ${show(path)}, expected one inside the build`);
  if ("symlink" in item) {
    const target = item["symlink"];
    if (typeof target !== "string") return fail(`"symlink" of ${path} is ${show(target)}, expected a path`);
    return { kind: "symlink", path, target };
  }
  const { size, mode } = item;
  if (!Number.isSafeInteger(size) || typeof size !== "number" || size < 0) {
    return fail(`"size" of ${path} is ${show(size)}, expected a count of bytes`);
  }
  if (typeof mode !== "string" || !/^[0-7]{4}$/.test(mode)) {
    return fail(`"mode" of ${path} is ${show(mode)}, expected four octal digits`);
  }
  return { kind: "file", path, size, mode: Number.parseInt(mode, 8), digests: parseDigests(item, path, fail) };
}

function parseDigests(item: Record<string, unknown>, path: string, fail: (message: string) => never): Digests {
  const digests: Partial<Record<(typeof ALGORITHMS)[number], string>> = {};
  for (const algorithm of ALGORITHMS) {
    const hex = item[algorithm];
    if (hex === undefined) continue;
    // Uppercase is refused, so that equal digests are equal strings.
    if (typeof hex !== "string" || !/^[0-9a-f]{64}$/.test(hex)) {
      return fail(`"${algorithm}" of ${path} is ${show(hex)}, expected 64 lowercase hex characters`);
    }
    digests[algorithm] = hex;
  }
  return Object.keys(digests).length > 0 ? digests : fail(`${path} has no digest, expected ${ALGORITHMS.join(" or ")}`);
}

/** Whether a path is relative and stays below its folder. */
function isInside(path: string): boolean {
  const parts = path.split("/");
  return (
    path.length < 4096 && !path.includes("\0") && parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}

function parseJson(text: string, fail: (message: string, cause: unknown) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`it is not JSON (${String(error)})`, error);
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "absent";
}
