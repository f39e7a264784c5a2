/** The progress of a list of jobs, in bytes. A finished job counts with its whole size, a running job with the bytes read. */
export class HashProgress {
  readonly total: number;
  readonly #sizes: readonly number[];
  #finished = 0;
  #underway = 0;

  /** @param sizes the sizes of the jobs, in bytes */
  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    this.total = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The bytes done; never more than the total, even if a file has grown. */
  get done(): number {
    return Math.min(this.#finished + this.#underway, this.total);
  }

  /** Adds bytes that were read of a long file. */
  read(bytes: number): void {
    this.#underway += bytes;
  }

  /** Marks the job at this index as done. */
  finish(index: number): void {
    const size = this.#sizes[index] ?? 0;
    this.#finished += size;
    this.#underway = Math.max(0, this.#underway - size);
  }
}
