import type { Build } from "./build.ts";

/** Keys of the context that affect the output of a compiler; other keys only identify builds. */
const DECISIVE = /^(build-command|target|rustc|cargo|rustflags|cflags|source-date-epoch|profile(\..*)?)$/;

/** The old path in a flag that maps paths. It may differ between machines, since only the new path gets into files. */
const MAPPED_FROM = /(^|\s)(--remap-path-prefix[= ]|-f(?:file|debug|macro)-prefix-map=)[^\s=]+(?==)/g;

/** A key of the context whose value differs between builds. */
export interface ContextDifference {
  readonly key: string;
  /** Whether this difference alone can explain differing files. */
  readonly isDecisive: boolean;
  /** The value of each build that records the key, in the order of the builds. */
  readonly values: readonly { readonly build: string; readonly value: string }[];
}

/**
 * The keys of the context whose values differ between builds, the decisive ones first. A key that a build does not record
 * is not a difference; an empty value is, since it records that there was no value.
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
