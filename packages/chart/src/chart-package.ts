import { createHash } from "node:crypto";
import { packTarGzip, readTarGzip } from "@release-actions/archive";
import { type Digest, digestOf } from "@release-actions/oci";
import { type Chart, ChartError, parseChart } from "./chart-file.ts";

/** A packaged chart. `repackChart` gives the same bytes for the same content. */
export interface ChartPackage {
  readonly chart: Chart;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** The SHA-256 of every file, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Helm's own limit for the unpacked size of a chart. */
const MAX_CHART_BYTES = 100 * 1024 * 1024;

/** Rewrites a package made by `helm package` with fixed times and owners and its files sorted by path. */
export async function repackChart(helmPackage: Uint8Array, shown: string): Promise<ChartPackage> {
  const contents = await unpack(helmPackage, shown);
  const paths = [...contents.keys()].sort();
  const bytes = await packTarGzip(paths.map((path) => ({ path, content: contents.get(path) ?? new Uint8Array(0) })));
  return describe(bytes, contents, shown);
}

/** Reads a package without changing its bytes. */
export async function readPackage(bytes: Uint8Array, shown: string): Promise<ChartPackage> {
  return describe(bytes, await unpack(bytes, shown), shown);
}

/** The paths of the files that differ between two packages, ignoring times, order and compression. */
export function differences(one: ChartPackage, other: ChartPackage): readonly string[] {
  const paths = new Set([...one.files.keys(), ...other.files.keys()]);
  return [...paths].filter((path) => one.files.get(path) !== other.files.get(path)).sort();
}

function describe(bytes: Uint8Array, contents: ReadonlyMap<string, Uint8Array>, shown: string): ChartPackage {
  const file = [...contents.keys()].find((path) => /^[^/]+\/Chart\.yaml$/.test(path));
  if (file === undefined) throw new ChartError(`${shown} holds no Chart.yaml`);
  const chart = parseChart(Buffer.from(contents.get(file) ?? []).toString("utf8"), `${file} of ${shown}`);
  const hash = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
  const files = new Map([...contents].map(([path, body]) => [path, hash(body)]));
  return { chart, bytes, digest: digestOf(bytes), files };
}

async function unpack(bytes: Uint8Array, shown: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  const packed = readTarGzip(bytes, {
    maxBytes: MAX_CHART_BYTES,
    tooLarge: () => new ChartError(`${shown} unpacks to more than ${MAX_CHART_BYTES} bytes`),
    isLink: (path) => new ChartError(`${shown} holds a link, ${path}: Helm would refuse it`),
  });
  for await (const { path, content } of packed) contents.set(path, content);
  return contents;
}
