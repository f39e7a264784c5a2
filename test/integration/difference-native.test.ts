import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { type CauseKind, type Explanation, explainDifference } from "@release-actions/difference";
import { describeWith } from "../parts.ts";
import { BUILD_TIMES } from "../support/build-times.ts";
import { readCases } from "../support/case-tables.ts";
import { Workbench } from "../support/compile.ts";

jest.setTimeout(60_000);

const MAIN_C = `#include <stdio.h>
extern int twice(int), thrice(int);
#ifndef USER
#define USER "nobody"
#endif
#ifndef BUILT
#define BUILT 1700000000L
#endif
#ifdef DATED
const char *date = __DATE__ " " __TIME__;
#else
const char *date = "never";
#endif
const long built = BUILT;
int main(int argc, char **argv) {
  printf("%s %s %ld %s %d\\n", __FILE__, date, built, USER, twice(argc) + thrice(argc));
  return built == BUILT ? 0 : 1;
}
`;
const TWICE_C = "int twice(int x) { int sum = 0; for (int i = 0; i < 2; i++) sum += x; return sum; }\n";
const THRICE_C =
  "int thrice(int x) { int sum = 1; for (int i = 0; i < 3; i++) sum += x * i; return sum % 7 - x / 5; }\n";
const MAIN_RS = `
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    println!("{} {}", option_env!("BUILT").unwrap_or("never"), arguments.len());
    assert!(arguments.len() < 100, "too many");
}
`;
const MAIN_GO = `package main

import "fmt"

var built = "never"

func main() { fmt.Println("hello", built) }
`;

interface Fault {
  readonly name: string;
  readonly kind: CauseKind;
  readonly both?: string;
  readonly left?: string;
  readonly right?: string;
  /** Matches the text of the first cause. */
  readonly says?: string;
  readonly env?: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>];
}

/** Each side is built in a folder of its own. The files `out` are compared. The list shows B179. */
const { built } = readCases<{ built: readonly Fault[] }>("differences.yml");

describeWith(["gcc", "ld.gold", "rustc", "go", "bash"], "the cause named for an injected fault", () => {
  let bench: Workbench;
  beforeAll(() => {
    const files = {
      "main.c": MAIN_C,
      "twice.c": TWICE_C,
      "thrice.c": THRICE_C,
      "main.rs": MAIN_RS,
      "main.go": MAIN_GO,
    };
    const sides = ["one", "the-other"].flatMap((side) =>
      Object.entries(files).map(([name, content]) => [`${side}/${name}`, content]),
    );
    bench = new Workbench(Object.fromEntries(sides));
    mkdirSync(bench.path("scratch"));
  });
  afterAll(() => bench[Symbol.dispose]());

  async function build(side: string, line: string, env: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    const folder = bench.path(side);
    const shell = `cd ${folder} && ${line.replaceAll('"', '\\"')}`;
    const goEnv = { GOCACHE: bench.path("cache"), CGO_ENABLED: "0", GO111MODULE: "off" };
    await bench.shell(shell, { ...goEnv, ...env });
    return readFileSync(`${folder}/out`);
  }

  async function explain({ kind, both = "", left: one = both, right: other = both, env }: Fault): Promise<Explanation> {
    const left = await build("one", one, env?.[0]);
    const right = await build(kind === "build-path" ? "the-other" : "one", other, env?.[1]);
    const options = { scratch: bench.path("scratch"), windows: BUILD_TIMES };
    return await explainDifference([memorySource(left), memorySource(right)], options);
  }

  test.each(built)("$name: $kind, and nothing else", async (fault) => {
    const { causes } = await explain(fault);
    expect(causes.map(({ kind }) => kind)).toEqual([fault.kind]);
    if (fault.says !== undefined) expect(causes[0]?.remedy).toMatch(new RegExp(fault.says));
  });

  test("equal builds have no cause", async () => {
    const explanation = await explain({ name: "", kind: "code", both: "gcc -O1 main.c twice.c thrice.c -o out" });
    expect(explanation).toMatchObject({ causes: [], map: { differing: 0 } });
  });
});
