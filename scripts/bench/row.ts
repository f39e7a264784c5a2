/** One line of the benchmark's table: a peer and ours, measured in the same run on the same machine. */
export interface Row {
  readonly what: string;
  readonly peer: string;
  readonly ours: string;
  /** Ours divided by the peer's, where that is what the budget speaks of. */
  readonly ratio?: number;
  readonly budget: string;
  readonly held: boolean;
}

export interface Bench {
  readonly name: string;
  /** Why it cannot run here, or its rows. */
  run(say: (text: string) => void): Promise<readonly Row[] | string>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
