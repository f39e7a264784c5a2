/** A read that cuts itself into parts, as far as its turn is concerned. */
export interface Reader {
  /** Readers of the lowest rank come first. */
  readonly rank: number;
  /** Parts on their way or waiting to be consumed. */
  readonly underWay: number;
  /** Whether there are parts that have not been started. */
  readonly wantsMore: boolean;
  /** Starts the next part. */
  start(): void;
}

/**
 * Divides the parts that may be under way at a time among the readers. Those of the first rank get all until
 * they have started their last, then come those of the next; within a rank each has at least one.
 */
export class PartScheduler {
  #free: number;
  #readers: Reader[] = [];

  constructor(parts: number) {
    this.#free = parts;
  }

  enter(reader: Reader): void {
    this.#readers = [...this.#readers, reader].sort((one, other) => one.rank - other.rank);
    this.#share();
  }

  leave(reader: Reader): void {
    this.#readers = this.#readers.filter((other) => other !== reader);
    this.#free += reader.underWay;
    this.#share();
  }

  /** A part has been consumed. */
  release(): void {
    this.#free += 1;
    this.#share();
  }

  /** Out of turn: a reader that has waited for long gets a part. */
  allowOne(reader: Reader): void {
    if (reader.underWay === 0 && reader.wantsMore) this.#start(reader);
  }

  #share(): void {
    let turn = Number.POSITIVE_INFINITY;
    for (const reader of this.#readers) {
      if (reader.rank > turn) return;
      while (reader.wantsMore && (reader.underWay === 0 || this.#free > 0)) this.#start(reader);
      if (reader.wantsMore) turn = reader.rank;
    }
  }

  #start(reader: Reader): void {
    this.#free -= 1;
    reader.start();
  }
}
