import { describe, expect, test } from "@jest/globals";
import { newestFirst } from "./newest-first.ts";

type Dated = Parameters<typeof newestFirst>[0][number] & { readonly createdAt: Date | undefined };
const sorted = (items: readonly Dated[]): Dated[] => newestFirst(items, ({ createdAt }) => createdAt);
const at = (id: number, time: string | undefined, ofThisAttempt?: boolean): Dated => ({
  id,
  createdAt: time === undefined ? undefined : new Date(time),
  ...(ofThisAttempt !== undefined && { ofThisAttempt }),
});

describe("newestFirst", () => {
  test.each<[string, newest: Dated, older: Dated]>([
    [
      "the time decides, even when a higher id is older (seen on GitHub)",
      at(10338734845, "2026-08-06T08:49:00Z"),
      at(10338854604, "2026-08-06T08:38:00Z"),
    ],
    ["the attempt decides before the time", at(1, "2026-01-01T00:00:00Z", true), at(2, "2026-01-01T00:00:01Z", false)],
    ["the id decides between two of the same second", at(2, "2026-01-01T00:00:00Z"), at(1, "2026-01-01T00:00:00Z")],
    ["the id decides when neither has a time", at(2, undefined), at(1, undefined)],
    ["one with a time comes before one without", at(1, "2026-01-01T00:00:00Z"), at(2, undefined)],
    ["an invalid time counts as a missing one", at(1, "2026-01-01T00:00:00Z"), at(2, "yesterday")],
  ])("%s", (_title, newest, older) => {
    expect(sorted([older, newest])).toEqual([newest, older]);
    expect(sorted([newest, older])).toEqual([newest, older]);
  });
});
