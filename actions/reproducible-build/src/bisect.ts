/** A minimal set of variations that make a build differ: without any one of them, the builds are equal. */
export interface FoundCause<T> {
  readonly parts: readonly T[];
  /** Whether builds with all other variations but without these are equal, so that there is no further cause. */
  readonly isOnly: boolean;
}

export interface Bisected<T> {
  readonly causes: readonly FoundCause<T>[];
  /** How many builds it took. */
  readonly builds: number;
  /** Why the search ended before all causes were found. */
  readonly unfinished?: "too many builds" | "the builds contradict each other";
}

export interface BisectOptions<T> {
  readonly maxBuilds: number;
  /** Variations that the difference itself suggests, the most likely first. */
  readonly likely?: readonly T[];
}

class BuildsUsedUp extends Error {}

/**
 * Finds which of several variations make a build differ. `differs` builds with some of them and compares; it is called
 * at most `maxBuilds` times. All of them together must be known to make a difference; the `likely` are tried first.
 *
 * This halves the variations as QuickXplain does (Junker, AAAI 2004): if one half alone makes a difference, that half is
 * halved further; if neither does, parts of both are needed together. So the last step is a build with the cause alone,
 * which confirms it. A build with all other variations shows whether there is another cause.
 */
export async function bisect<T>(
  variations: readonly T[],
  differs: (some: readonly T[]) => Promise<boolean>,
  { maxBuilds, likely = [] }: BisectOptions<T>,
): Promise<Bisected<T>> {
  const known = new Map<string, boolean>();
  let builds = 0;
  const test = async (some: readonly T[]): Promise<boolean> => {
    const ordered = variations.filter((one) => some.includes(one));
    const key = ordered.map((one) => variations.indexOf(one)).join();
    const before = key === "" ? false : known.get(key);
    if (before !== undefined) return before;
    if (builds >= maxBuilds) throw new BuildsUsedUp();
    builds += 1;
    const result = await differs(ordered);
    known.set(key, result);
    return result;
  };
  const find = async (some: readonly T[], beside: readonly T[]): Promise<T[]> => {
    if (some.length <= 1) return [...some];
    const [left, right] = divide(some, likely);
    if (await test([...left, ...beside])) return await find(left, beside);
    if (await test([...right, ...beside])) return await find(right, beside);
    const needed = await find(left, [...right, ...beside]);
    return [...needed, ...(await find(right, [...needed, ...beside]))];
  };

  const causes: FoundCause<T>[] = [];
  let rest = [...variations];
  known.set(variations.map((_one, index) => index).join(), true);
  try {
    for (;;) {
      const parts = await find(rest, []);
      if (!(await test(parts))) return { causes, builds, unfinished: "the builds contradict each other" };
      rest = rest.filter((one) => !parts.includes(one));
      const isOnly = !(await test(rest));
      causes.push({ parts, isOnly });
      if (isOnly) return { causes, builds };
    }
  } catch (error) {
    if (error instanceof BuildsUsedUp) return { causes, builds, unfinished: "too many builds" };
    throw error;
  }
}

/** Divides variations into the most likely one and the others, or into halves if none is likely. */
function divide<T>(some: readonly T[], likely: readonly T[]): [readonly T[], readonly T[]] {
  const first = likely.find((one) => some.includes(one));
  if (first !== undefined) return [[first], some.filter((one) => one !== first)];
  return [some.slice(0, some.length / 2), some.slice(some.length / 2)];
}
