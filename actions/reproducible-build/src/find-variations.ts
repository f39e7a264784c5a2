import type { Build } from "@release-actions/reproducibility";
import { type Bisected, bisect } from "./bisect.ts";
import type { Variation } from "./variation.ts";

/** The digests of a build's products, by their recorded paths. */
export type Digests = ReadonlyMap<string, string>;

/** What a difference between builds depends on. */
export type Dependence =
  /** Even two builds in the same environment differ: by chance, by the order of threads, or because time passes. */
  { readonly kind: "unsteady"; readonly builds: number } | ({ readonly kind: "variations" } & Bisected<Variation>);

export interface FindOptions {
  readonly varied: readonly Variation[];
  /** Builds in the environment of the first build, with these variations. */
  readonly build: (varied: readonly Variation[]) => Promise<Digests>;
  readonly first: Digests;
  /** For the search, without the build that confirms several causes. */
  readonly maxBuilds: number;
  /** Variations that the difference itself suggests, the most likely first. */
  readonly likely?: readonly Variation[];
}

/**
 * Finds on which variations a difference depends. Builds that do not vary the path use one separate folder. The first
 * build there, with nothing varied, is the reference for the others. If the search finds more than one cause, or
 * contradictions, one more build has nothing varied again: a program that contains the minute or the day may have been
 * equal at the beginning, and different because the search lasted into the next one.
 */
export async function findDependence(options: FindOptions): Promise<Dependence> {
  const { build } = options;
  const reference = await build([]);
  if (!areEqual(reference, await build([]))) return { kind: "unsteady", builds: 2 };
  const found = await searchVariations({ ...options, reference });
  const { causes, unfinished } = found;
  if (unfinished === undefined ? causes.length === 1 : causes.length === 0) return found;
  const builds = found.builds + 1;
  return areEqual(reference, await build([])) ? { ...found, builds } : { kind: "unsteady", builds };
}

async function searchVariations(
  options: FindOptions & { readonly reference: Digests },
): Promise<Extract<Dependence, { kind: "variations" }>> {
  const { varied, build, first, maxBuilds, likely = [], reference } = options;
  let builds = 2;
  // The build differs in the new folder although nothing was varied, so the path may be a cause. A build that varies
  // only the path confirms it, since copying alone (new creation times) can also make a difference.
  const mayBePath = varied.includes("path") && !areEqual(first, reference) && builds < maxBuilds;
  if (mayBePath) builds += 1;
  const movedAlone = mayBePath && !areEqual(await build(["path"]), reference);
  const rest = varied.filter((one) => one !== "path" || !movedAlone);
  const known = movedAlone ? [{ parts: ["path"] as const, isOnly: false }] : [];
  const differs = async (some: readonly Variation[]): Promise<boolean> => !areEqual(await build(some), reference);
  if (rest.length === 0) return { kind: "variations", causes: known, builds };
  if (builds >= maxBuilds) return { kind: "variations", causes: known, builds, unfinished: "too many builds" };
  builds += 1;
  if (!(await differs(rest))) {
    if (!movedAlone) return { kind: "variations", causes: [], builds, unfinished: "the builds contradict each other" };
    return { kind: "variations", causes: [{ parts: ["path"], isOnly: true }], builds };
  }
  const found = await bisect(rest, differs, { maxBuilds: maxBuilds - builds, likely });
  return { ...found, kind: "variations", causes: [...known, ...found.causes], builds: builds + found.builds };
}

export function areEqual(left: Digests, right: Digests): boolean {
  return left.size === right.size && [...left].every(([name, digest]) => right.get(name) === digest);
}

/** The digests of a recorded build, without file modes, which come from the umask. */
export function digestsOf({ files }: Build): Digests {
  return new Map(
    [...files].map(([name, file]) => [
      name,
      file.kind === "file" ? (file.digests.blake3 ?? "") : `link to ${file.target}`,
    ]),
  );
}
