import { describe, expect, test } from "@jest/globals";
import { PartScheduler, type Reader } from "./part-scheduler.ts";

class Counted implements Reader {
  readonly rank: number;
  underWay = 0;
  #left: number;

  constructor(rank: number, parts: number) {
    this.rank = rank;
    this.#left = parts;
  }

  get wantsMore(): boolean {
    return this.#left > 0;
  }

  start(): void {
    this.#left -= 1;
    this.underWay += 1;
  }

  consumeIn(scheduler: PartScheduler): void {
    this.underWay -= 1;
    scheduler.release();
  }
}

describe("PartScheduler", () => {
  test("gives all parts to the reader of the first rank until it has started its last one, even if another entered earlier", () => {
    const scheduler = new PartScheduler(4);
    const [second, first] = [new Counted(2, 10), new Counted(1, 5)];
    scheduler.enter(second);
    expect(second.underWay).toBe(4);
    scheduler.enter(first);
    expect(first.underWay).toBe(1);
    for (let part = 0; part < 4; part += 1) second.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([4, 0]);
    // The first reader has started its fifth and last part, so the second one gets each part that becomes free.
    first.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([4, 1]);
    first.consumeIn(scheduler);
    first.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([2, 2]);
  });

  test("gives each reader of the same rank a part at once", () => {
    const scheduler = new PartScheduler(2);
    const readers = [new Counted(0, 9), new Counted(0, 9), new Counted(0, 1)];
    for (const reader of readers) scheduler.enter(reader);
    expect(readers.map(({ underWay }) => underWay)).toEqual([2, 1, 1]);
  });

  test("gives the parts of a reader that leaves to the next one", () => {
    const scheduler = new PartScheduler(3);
    const [first, second] = [new Counted(1, 9), new Counted(2, 9)];
    scheduler.enter(first);
    scheduler.enter(second);
    scheduler.leave(first);
    expect(second.underWay).toBe(3);
  });

  test("lets a reader of a later rank start one part at a time when it is allowed to", () => {
    const scheduler = new PartScheduler(1);
    const [first, second] = [new Counted(1, 9), new Counted(2, 9)];
    scheduler.enter(first);
    scheduler.enter(second);
    scheduler.allowOne(second);
    scheduler.allowOne(second);
    expect(second.underWay).toBe(1);
    second.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([1, 0]);
  });
});
