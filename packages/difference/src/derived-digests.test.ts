import { describe, expect, test } from "@jest/globals";
import { cause } from "./cause.ts";
import { withoutDerivedDigests } from "./derived-digests.ts";

const [A, B] = ["c3710b0b980b716464abd0a83acffd35", "5204602de8eac381227d612974a999c9"];
const time = cause("timestamp", "data.tar.xz: unpacked, header of ./usr/bin/t", "2020", "2023");
const kindsOf = (left: string, right: string, other = time): string[] =>
  withoutDerivedDigests([other, cause("embedded-text", "list: line 1", left, right)]).map(({ kind }) => kind);

describe("lists of digests", () => {
  test.each([
    ["md5sums", `${A}  usr/bin/t`, `${B}  usr/bin/t`],
    ["sha256sum of a folder", `${A}  ./usr/bin/t`, `${B}  ./usr/bin/t`],
    ["checksums.yaml", `  data.tar.xz: ${A}${A}`, `  data.tar.xz: ${B}${B}`],
    ["SHA512, shortened in the middle", `data.tar.xz: ${A}${A}…${A}`, `data.tar.xz: ${B}${B}…${B}`],
    ["BSD", `SHA256 (usr/bin/t) = ${A}${A}`, `SHA256 (usr/bin/t) = ${B}${B}`],
    ["with sizes", ` ${A} 1200 data.tar.xz`, ` ${B} 1204 data.tar.xz`],
    ["subresource integrity", `"usr/bin/t": "sha256-${A}+/aZ=="`, `"usr/bin/t": "sha256-${B}+/bY=="`],
    ["RECORD", `usr/bin/t,sha256=${A}-_aZ0123456,4`, `usr/bin/t,sha256=${B}-_aZ0123456,15`],
  ])("leaves out the digest of a file that is reported to differ: %s", (_name, left, right) => {
    expect(kindsOf(left, right)).toEqual(["timestamp"]);
  });

  test.each([
    ["the digest of a file that is not reported to differ", `${A}  usr/bin/other`, `${B}  usr/bin/other`],
    ["a commit", A, B],
    ["a name that differs too", `${A}  usr/bin/t`, `${B}  usr/bin/u`],
    ["other text next to the digest", `${A} built on vm usr/bin/t`, `${B} built on build usr/bin/t`],
  ])("keeps %s", (_name, left, right) => {
    expect(kindsOf(left, right)).toEqual(["timestamp", "embedded-text"]);
  });

  test("keeps a list of digests that is the only cause", () => {
    const list = cause("embedded-text", "md5sums: line 1", `${A}  usr/bin/t`, `${B}  usr/bin/t`);
    expect(withoutDerivedDigests([list])).toEqual([list]);
  });
});
