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

describe("the scheduler of reads that run side by side", () => {
  test("the first in rank gets all parts until it has started its last one, whoever came first", () => {
    const scheduler = new PartScheduler(4);
    const [second, first] = [new Counted(2, 10), new Counted(1, 5)];
    scheduler.enter(second);
    expect(second.underWay).toBe(4);
    scheduler.enter(first);
    expect(first.underWay).toBe(1);
    for (let part = 0; part < 4; part += 1) second.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([4, 0]);
    // Its fifth and last part is on its way: it is the other's turn, which has one part at once, and then what is free.
    first.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([4, 1]);
    first.consumeIn(scheduler);
    first.consumeIn(scheduler);
    expect([first.underWay, second.underWay]).toEqual([2, 2]);
  });

  test("reads of one rank never wait for each other", () => {
    const scheduler = new PartScheduler(2);
    const readers = [new Counted(0, 9), new Counted(0, 9), new Counted(0, 1)];
    for (const reader of readers) scheduler.enter(reader);
    expect(readers.map(({ underWay }) => underWay)).toEqual([2, 1, 1]);
  });

  test("a read that leaves hands its parts on", () => {
    const scheduler = new PartScheduler(3);
    const [first, second] = [new Counted(1, 9), new Counted(2, 9)];
    scheduler.enter(first);
    scheduler.enter(second);
    scheduler.leave(first);
    expect(second.underWay).toBe(3);
  });

  test("one whose turn has not come may be let through, for one part at a time", () => {
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
