import type { ScannedRun } from "./text-runs.ts";

/** Two tables of 8 MiB each: the chance that a differing text in a binary is missed is one in 4 * 10^12. */
const MAX_BITS = 21;
const MIN_BITS = 17;
/** Buckets per byte of a file. A text has at least four bytes, so few texts share a bucket. */
const BUCKETS_A_BYTE = 8;

/** Counts by hash how often each side has a text. The memory is fixed: at most 16 MiB, less for small files. */
export class RunTally {
  readonly #shift: number;
  readonly #byHash: Int32Array;
  readonly #byCheck: Int32Array;

  /** @param bytes the size of the larger file */
  constructor(bytes = Number.POSITIVE_INFINITY) {
    const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, Math.ceil(Math.log2(bytes * BUCKETS_A_BYTE + 1))));
    this.#shift = 32 - bits;
    this.#byHash = new Int32Array(2 ** bits);
    this.#byCheck = new Int32Array(2 ** bits);
  }

  add({ hash, check, length }: ScannedRun, count: 1 | -1): void {
    const [a, b] = this.#places(hash, check, length);
    this.#byHash[a] = (this.#byHash[a] ?? 0) + count;
    this.#byCheck[b] = (this.#byCheck[b] ?? 0) + count;
  }

  /** Whether both sides have the text equally often, judged by its hashes. */
  isEven({ hash, check, length }: ScannedRun): boolean {
    const [a, b] = this.#places(hash, check, length);
    return this.#byHash[a] === 0 && this.#byCheck[b] === 0;
  }

  #places(hash: number, check: number, length: number): [number, number] {
    return [mix(hash) >>> this.#shift, mix(Math.imul(check, 0x9e3779b1) ^ length) >>> this.#shift];
  }
}

/** The finalizer of MurmurHash3, which spreads short texts over all buckets. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
