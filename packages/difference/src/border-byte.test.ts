import { describe, expect, test } from "@jest/globals";
import type { Explanation } from "./explain.ts";
import { explain } from "./testing/explain.ts";

const NUL = "\0";
const NUMBER = "\x01\x02\x03\x84";

describe("texts beside numbers", () => {
  test.each([
    ["the width of a picture after its magic", "GIF89az\0P\0", "GIF89aY\0$\0"],
    ["a digit on one side only", `${NUMBER}vorbis9\x90`, `${NUMBER}vorbis\x80\x90`],
    ["a number before a text", `${NUMBER}\0\0\0ibias_mmc\0`, `${NUMBER}\0\0\0xbias_mmc\0`],
    ["two bytes of a number before a text", `${NUMBER}br!.GET /index\x80`, `${NUMBER}\x91\x92q&GET /index\x80`],
    ["a number that is printable on one side only", `${NUMBER}\x80\x80HTTP/1.1 301\x80`, `${NUMBER}F4HTTP/1.1 301\x80`],
  ])("reports %s as bytes, not as text", async (_what, left, right) => {
    expect(await kindsOf(left, right)).toEqual(["content"]);
  });

  test.each([
    ["a different digit at the end", `${NUMBER}bootimg1\0\0`, `${NUMBER}bootimg2\0\0`],
    ["a text after its length", `${NUMBER}\x05hello\x90`, `${NUMBER}\x05iello\x90`],
    ["a letter in a list of texts", `name${NUL}alpha${NUL}`, `name${NUL}blpha${NUL}`],
    ["a word before the rest", `${NUMBER}prod-config\x90`, `${NUMBER}test-config\x90`],
    ["two letters at the end", `${NUMBER}settings.en\x90`, `${NUMBER}settings.fr\x90`],
    ["a release candidate", `${NUMBER}v1.2\x90`, `${NUMBER}v1.2-rc.1\x90`],
  ])("reports %s as text", async (_what, left, right) => {
    expect(await kindsOf(left, right)).toContain("embedded-text");
  });

  test("reports a time in a longer text together with other texts that differ", async () => {
    const header = (revised: string, charset: string): string =>
      `\xde\x12\x04\x95PO-Revision-Date: ${revised}\nContent-Type: text/plain; charset=${charset}\n\0`;
    const causes = await causesIn(header("2015-06-24 12:42+0200", "UTF-8"), header("2015-06-24 14:57+0200", "ascii"));
    expect(causes.map(({ kind }) => kind)).toEqual(["timestamp", "embedded-text"]);
  });

  test("reports the date of an ISO 9660 volume, which ends with hundredths of a second, as a time", async () => {
    const volume = (date: string): string => `\x01CD001\x01\0${" ".repeat(32)}${date}\x08`;
    const causes = await causesIn(volume("2015062419255500"), volume("2015062419262400"));
    expect(causes).toEqual([expect.objectContaining({ kind: "timestamp", left: "2015062419255500" })]);
  });
});

async function kindsOf(left: string, right: string): Promise<string[]> {
  return (await causesIn(left, right)).map(({ kind }) => kind);
}

async function causesIn(left: string, right: string): Promise<Explanation["causes"]> {
  return (await explain(Buffer.from(left, "latin1"), Buffer.from(right, "latin1"))).causes;
}
