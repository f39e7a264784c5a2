/** A read that is divided into parts, as the scheduler sees it. */
export interface Reader {
  /** Readers of the lowest rank come first. */
  readonly rank: number;
  /** The number of parts that are being fetched or wait to be consumed. */
  readonly underWay: number;
  /** Whether there are parts that have not been started. */
  readonly wantsMore: boolean;
  /** Starts the next part. */
  start(): void;
}

/**
 * Divides a limited number of concurrent parts among the readers. Readers of the lowest rank get all of them until
 * they have started their last part; then come those of the next rank. Within a rank, each reader gets at least one.
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

  /** Tells the scheduler that a part was consumed. */
  release(): void {
    this.#free += 1;
    this.#share();
  }

  /** Gives a part, out of turn, to a reader that has waited long. */
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
