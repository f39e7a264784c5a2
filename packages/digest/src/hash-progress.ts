/** How much of some jobs is done. A job counts with its whole size when it is done, and until then with what was read. */
export class HashProgress {
  readonly total: number;
  readonly #sizes: readonly number[];
  #finished = 0;
  #underway = 0;

  /** @param sizes of the jobs, in bytes */
  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    this.total = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** In bytes. Never more than the total, although a file may have grown. */
  get done(): number {
    return Math.min(this.#finished + this.#underway, this.total);
  }

  /** Bytes of a long file were read. */
  read(bytes: number): void {
    this.#underway += bytes;
  }

  /** The job with this place in the list is done. */
  finish(index: number): void {
    const size = this.#sizes[index] ?? 0;
    this.#finished += size;
    this.#underway = Math.max(0, this.#underway - size);
  }
}
