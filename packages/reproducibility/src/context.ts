import type { Build } from "./build.ts";

/** Keys of the context that decide what a compiler makes; other keys only tell builds apart. */
const DECISIVE = /^(build-command|target|rustc|cargo|rustflags|cflags|source-date-epoch|profile(\..*)?)$/;

/** A key of the builds' contexts with different values. */
export interface ContextDifference {
  readonly key: string;
  /** Whether it alone can explain that files differ. */
  readonly isDecisive: boolean;
  /** The value of each build, in the order of the builds; empty where the build does not say. */
  readonly values: readonly { readonly build: string; readonly value: string }[];
}

/** The circumstances in which builds differ, the decisive ones first. Builds that record nothing are left out. */
export function compareContexts(builds: readonly Build[]): ContextDifference[] {
  const told = builds.filter(({ context }) => context.size > 0);
  const keys = new Set(told.flatMap(({ context }) => [...context.keys()]));
  const differences = [...keys].map((key): ContextDifference => {
    const values = told.map(({ name, context }) => ({ build: name, value: context.get(key) ?? "" }));
    return { key, isDecisive: DECISIVE.test(key), values };
  });
  return differences
    .filter(({ values }) => new Set(values.map(({ value }) => value)).size > 1)
    .sort((a, b) => Number(b.isDecisive) - Number(a.isDecisive) || (a.key < b.key ? -1 : 1));
}
