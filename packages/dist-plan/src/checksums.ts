import { type DistPlan, PlanError } from "./plan.ts";
import { artifactsOf } from "./questions.ts";

/** The SHA-256 of files by name, lowercase hex; that of another algorithm where it is named. */
export type Checksums = ReadonlyMap<string, string>;

/** The checksums that a manifest of a finished build holds. A plan holds none. */
export function checksumsOf(plan: DistPlan): Checksums {
  return new Map(artifactsOf(plan).flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [[name, sha256]])));
}

/** What cargo-dist's `checksum` makes that Node can check too, with the number of hex characters. */
const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;
export type ChecksumAlgorithm = keyof typeof HEX_LENGTH;
export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ["sha256", "sha512"];

/**
 * Reads a `.sha256` or `sha256.sum` file, or one of another algorithm: lines of `<hex>  <name>`, or `<hex> *<name>` as
 * cargo-dist writes them (GNU coreutils manual, "md5sum invocation").
 */
export function readChecksumFile(content: string, source: string, algorithm: ChecksumAlgorithm = "sha256"): Checksums {
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== "");
  const entries = lines.map((line): [string, string] => {
    const [, hex, name] = /^([0-9a-f]+) [ *](\S+)$/.exec(line) ?? [];
    if (hex?.length !== HEX_LENGTH[algorithm] || name === undefined) {
      throw new PlanError(
        `${source} has the line ${JSON.stringify(line.slice(0, 100))}, expected <${algorithm}> *<file name>`,
      );
    }
    return [name, hex];
  });
  if (entries.length === 0) throw new PlanError(`${source} holds no checksum`);
  return mergeChecksums(
    entries.map((entry) => [source, new Map([entry])]),
    algorithm,
  );
}

/** Joins what several sources say. Two that disagree about a file are an error, as one of them is about another build. */
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
