import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { findGoBuildId } from "./go-build-id.ts";

const find = async (text: string) => await findGoBuildId(memorySource(Buffer.from(text, "latin1")));

test("finds Go's build id between its quotes", async () => {
  expect(await find('\xff Go build ID: "abc/def"\n \xff "more"')).toEqual({ start: 16, end: 23 });
  expect(await find('Go build ID: ""')).toEqual({ start: 14, end: 14 });
});

test.each(["", "no id here", 'Go build ID: "without an end', `${"x".repeat(32 * 1024)}Go build ID: "too far"`])(
  "finds no build id in %.30s",
  async (text) => expect(await find(text)).toBeUndefined(),
);
