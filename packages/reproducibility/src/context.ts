import type { Build } from "./build.ts";

/** Keys of the context that decide what a compiler makes; other keys only tell builds apart. */
const DECISIVE = /^(build-command|target|rustc|cargo|rustflags|cflags|source-date-epoch|profile(\..*)?)$/;

/** Of a flag that maps paths the old one, which is that of the machine: files hold the new one. */
const MAPPED_FROM = /(^|\s)(--remap-path-prefix[= ]|-f(?:file|debug|macro)-prefix-map=)[^\s=]+(?==)/g;

/** A key of the builds' contexts with different values. */
export interface ContextDifference {
  readonly key: string;
  /** Whether it alone can explain that files differ. */
  readonly isDecisive: boolean;
  /** The value of each build that records the key, in the order of the builds. */
  readonly values: readonly { readonly build: string; readonly value: string }[];
}

/**
 * The circumstances in which builds differ, the decisive ones first. What a build does not record, it does
 * not differ in: an empty value says that there was none.
 */
export function compareContexts(builds: readonly Build[]): ContextDifference[] {
  const keys = new Set(builds.flatMap(({ context }) => [...context.keys()]));
  const differences = [...keys].map((key): ContextDifference => {
    const values = builds.flatMap(({ name, context }) => {
      const value = context.get(key);
      return value === undefined ? [] : [{ build: name, value }];
    });
    return { key, isDecisive: DECISIVE.test(key), values };
  });
  return differences
    .filter(({ key, values }) => new Set(values.map(({ value }) => portable(key, value))).size > 1)
    .sort((a, b) => Number(b.isDecisive) - Number(a.isDecisive) || (a.key < b.key ? -1 : 1));
}

function portable(key: string, value: string): string {
  return key === "rustflags" || key === "cflags" ? value.replace(MAPPED_FROM, "$1$2") : value;
}
