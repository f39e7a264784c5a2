/** Records which bytes of a file were received. Reads may overlap, such as those of the end and of a last member. */
export class Coverage {
  /** Ranges that neither overlap nor touch. */
  #ranges: { start: number; end: number }[] = [];

  /** The number of distinct bytes. */
  get size(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  add(offset: number, length: number): void {
    let [start, end] = [offset, offset + length];
    const apart = this.#ranges.filter((range) => {
      const meets = range.start <= end && range.end >= start;
      if (meets) [start, end] = [Math.min(start, range.start), Math.max(end, range.end)];
      return !meets;
    });
    this.#ranges = [...apart, { start, end }];
  }
}
