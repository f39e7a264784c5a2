import type { ScannedRun } from "./text-runs.ts";

/** 8 MiB each: of two differing texts in a binary the chance to be missed is one in 4 * 10^12. */
const BUCKETS = 2 ** 21;
const SHIFT = 32 - 21;

/** Counts how often each side has a text, by hash, in memory of a fixed size. */
export class RunTally {
  readonly #byHash = new Int32Array(BUCKETS);
  readonly #byCheck = new Int32Array(BUCKETS);

  add({ hash, check, length }: ScannedRun, count: 1 | -1): void {
    const [a, b] = places(hash, check, length);
    this.#byHash[a] = (this.#byHash[a] ?? 0) + count;
    this.#byCheck[b] = (this.#byCheck[b] ?? 0) + count;
  }

  /** Whether both sides have the text equally often, as far as the hashes tell. */
  isEven({ hash, check, length }: ScannedRun): boolean {
    const [a, b] = places(hash, check, length);
    return this.#byHash[a] === 0 && this.#byCheck[b] === 0;
  }
}

function places(hash: number, check: number, length: number): [number, number] {
  return [mix(hash) >>> SHIFT, mix(Math.imul(check, 0x9e3779b1) ^ length) >>> SHIFT];
}

/** The finalizer of MurmurHash3: short texts spread over all buckets. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
