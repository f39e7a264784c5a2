import { parseSums } from "@release-actions/digest/parse-sums";
import { type DistPlan, PlanError } from "./plan.ts";
import { artifactsOf } from "./questions.ts";

/** The checksums of files by name, in lowercase hex; SHA-256 unless another algorithm is given. */
export type Checksums = ReadonlyMap<string, string>;

/** The checksums in the manifest of a finished build. A plan has none. */
export function checksumsOf(plan: DistPlan): Checksums {
  return new Map(artifactsOf(plan).flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [[name, sha256]])));
}

/** The number of hex characters of the algorithms that both cargo-dist's `checksum` and Node support. */
const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;
export type ChecksumAlgorithm = keyof typeof HEX_LENGTH;
export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ["sha256", "sha512"];

/**
 * Reads a checksum file such as `.sha256` or `sha256.sum`. It accepts only lines of the form `<hex>  <name>`, or
 * `<hex> *<name>` as cargo-dist writes them (GNU coreutils manual, "md5sum invocation").
 */
export function readChecksumFile(content: string, source: string, algorithm: ChecksumAlgorithm = "sha256"): Checksums {
  const form = new RegExp(`^[0-9a-f]{${HEX_LENGTH[algorithm]}} [ *]\\S+$`);
  const other = content.split(/\r?\n/).find((line) => line.trim() !== "" && !form.test(line));
  if (other !== undefined) {
    throw new PlanError(
      `${source} has the line ${JSON.stringify(other.slice(0, 100))}, expected <${algorithm}> *<file name>`,
    );
  }
  return new Map(parseSums(content, source).map(({ path, hex }) => [path, hex]));
}

/**
 * Merges the checksums of several sources.
 *
 * @throws PlanError if two sources disagree about a file, since one of them belongs to another build
 */
export function mergeChecksums(
  sources: Iterable<readonly [source: string, checksums: Checksums]>,
  algorithm: ChecksumAlgorithm = "sha256",
): Checksums {
  const merged = new Map<string, { hex: string; source: string }>();
  for (const [source, checksums] of sources) {
    for (const [name, hex] of checksums) {
      const known = merged.get(name);
      if (known !== undefined && known.hex !== hex) {
        throw new PlanError(`the ${algorithm} of ${name} is ${known.hex} in ${known.source}, but ${hex} in ${source}`);
      }
      merged.set(name, known ?? { hex, source });
    }
  }
  return new Map([...merged].map(([name, { hex }]) => [name, hex]));
}
