/** Which bytes of a file have come: reads may overlap, as those of its end and of what lies there. */
export class Coverage {
  /** Apart from each other, in order. */
  #ranges: { start: number; end: number }[] = [];

  /** In bytes, each counted once. */
  get size(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  add(offset: number, length: number): void {
    let [start, end] = [offset, offset + length];
    // Most pieces go on where one has ended.
    const previous = this.#ranges.find((range) => range.end === start);
    if (
      previous !== undefined &&
      !this.#ranges.some((range) => range !== previous && range.start <= end && range.end >= start)
    ) {
      previous.end = end;
      return;
    }
    const apart = this.#ranges.filter((range) => {
      const meets = range.start <= end && range.end >= start;
      if (meets) [start, end] = [Math.min(start, range.start), Math.max(end, range.end)];
      return !meets;
    });
    this.#ranges = [...apart, { start, end }].sort((a, b) => a.start - b.start);
  }
}
