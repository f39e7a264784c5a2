import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import type { CauseKind } from "../cause.ts";
import { type Explanation, explainDifference } from "../explain.ts";
import type { TimeWindows } from "../time-window.ts";

/** The left side was built on 14 November 2023, the right one on 20 November 2025; tests run a year later. */
export const WINDOWS: TimeWindows = {
  now: Date.UTC(2026, 10, 29),
  left: { from: Date.UTC(2023, 10, 14), to: Date.UTC(2023, 10, 15) },
  right: { from: Date.UTC(2025, 10, 20), to: Date.UTC(2025, 10, 21) },
};

/** Seconds since 1970 in the times of both builds. */
export const [BUILT_LEFT, BUILT_RIGHT] = [Date.UTC(2023, 10, 14, 22, 13, 20) / 1000, Date.UTC(2025, 10, 20, 11) / 1000];

type Bytes = Uint8Array | string;

/** Kind, place and both sides of a cause. */
export type Told = readonly [kind: CauseKind, place: string, left: string, right: string];

export async function explain(left: Bytes, right: Bytes, windows: TimeWindows = WINDOWS): Promise<Explanation> {
  const scratch = await mkdtemp(path.join(tmpdir(), "difference-"));
  try {
    const [a, b] = [memorySource(Buffer.from(left)), memorySource(Buffer.from(right))];
    return await explainDifference([a, b], { scratch, windows });
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The causes of the differences between two files, neither of which may be damaged. */
export async function causesOf(left: Bytes, right: Bytes, windows?: TimeWindows): Promise<Told[]> {
  const { causes, damage } = await explain(left, right, windows);
  if (damage !== undefined) throw new Error(damage);
  return causes.map(({ kind, place, left: one, right: other }) => [kind, place, one, other]);
}

/** Matches a text by its beginning, for `toEqual`. */
export const like = (...told: readonly unknown[]): unknown[] => [
  ...told,
  ...new Array(4 - told.length).fill(expect.anything()),
];
