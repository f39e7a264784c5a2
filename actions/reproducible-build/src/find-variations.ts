import type { Build } from "@release-actions/reproducibility";
import { type Bisected, bisect } from "./bisect.ts";
import type { Variation } from "./variation.ts";

/** What the products of a build are: their digests by their recorded paths. */
export type Digests = ReadonlyMap<string, string>;

/** What a difference between builds depends on. */
export type Dependence =
  /** Two builds in the same environment differ: by chance, by the order of threads, by the time that passes. */
  { readonly kind: "unsteady"; readonly builds: number } | ({ readonly kind: "variations" } & Bisected<Variation>);

export interface FindOptions {
  readonly varied: readonly Variation[];
  /** Builds in the surroundings of the first build with these changed. */
  readonly build: (varied: readonly Variation[]) => Promise<Digests>;
  readonly first: Digests;
  readonly maxBuilds: number;
  /** What the difference itself points to, the most telling first. */
  readonly likely?: readonly Variation[];
}

/**
 * Finds on which variations a difference depends. Builds that keep the path are made in a folder of their own, always
 * the same; the first of them, with nothing varied, is what the others are compared with.
 */
export async function findDependence(options: FindOptions): Promise<Dependence> {
  const { varied, build, first, maxBuilds, likely = [] } = options;
  const reference = await build([]);
  const again = await build([]);
  if (!areEqual(reference, again)) return { kind: "unsteady", builds: 2 };
  let builds = 2;
  // Moved without anything varied, it became another one. What differs by the copying alone (when files were created) is not it.
  const mayBePath = varied.includes("path") && !areEqual(first, reference) && builds < maxBuilds;
  if (mayBePath) builds += 1;
  const movedAlone = mayBePath && !areEqual(await build(["path"]), reference);
  const rest = varied.filter((one) => one !== "path" || !movedAlone);
  const known = movedAlone ? [{ parts: ["path"] as const, isOnly: false }] : [];
  const differs = async (some: readonly Variation[]): Promise<boolean> => !areEqual(await build(some), reference);
  if (rest.length === 0 || maxBuilds - builds < 1)
    return {
      kind: "variations",
      causes: known,
      builds,
      ...(rest.length > 0 && { unfinished: "too many builds" as const }),
    };
  builds += 1;
  if (!(await differs(rest))) {
    const causes = known.map((one) => ({ ...one, isOnly: true }));
    return {
      kind: "variations",
      causes,
      builds,
      ...(known.length === 0 && { unfinished: "the builds contradict each other" as const }),
    };
  }
  const found = await bisect(rest, differs, { maxBuilds: maxBuilds - builds, likely });
  return { ...found, kind: "variations", causes: [...known, ...found.causes], builds: builds + found.builds };
}

export function areEqual(left: Digests, right: Digests): boolean {
  return left.size === right.size && [...left].every(([name, digest]) => right.get(name) === digest);
}

/** The digests of a recorded build; modes, which the umask sets, are left aside. */
export function digestsOf({ files }: Build): Digests {
  return new Map(
    [...files].map(([name, file]) => [
      name,
      file.kind === "file" ? (file.digests.blake3 ?? "") : `link to ${file.target}`,
    ]),
  );
}
