/** One line of the benchmark's table: our result and that of a peer, measured in the same run on the same machine. */
export interface Row {
  readonly what: string;
  readonly peer: string;
  readonly ours: string;
  /** Our result divided by the peer's, if the budget is a ratio. */
  readonly ratio?: number;
  readonly budget: string;
  readonly held: boolean;
}

export interface Bench {
  readonly name: string;
  /** Returns the rows, or the reason why the benchmark cannot run here. */
  run(say: (text: string) => void): Promise<readonly Row[] | string>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
