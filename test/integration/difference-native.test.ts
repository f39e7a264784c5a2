import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { type CauseKind, type Explanation, explainDifference } from "@release-actions/difference";
import { describeWith } from "../parts.ts";
import { BUILD_TIMES } from "../support/build-times.ts";
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
  readonly left: string;
  readonly right: string;
  /** Matches the text of the first cause. */
  readonly says?: RegExp;
  readonly env?: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>];
}

const GCC = "gcc -O1 main.c twice.c thrice.c -o out";

/** Each side is built in a folder of its own. The files `out` are compared. */
const FAULTS: readonly Fault[] = [
  {
    name: "another folder, by __FILE__",
    kind: "build-path",
    left: GCC.replace("main.c", "$PWD/main.c"),
    right: GCC.replace("main.c", "$PWD/main.c"),
    says: /remap-path-prefix=.*one=src.*file-prefix-map/,
  },
  { name: "another folder, in debug information", kind: "build-path", left: `${GCC} -g`, right: `${GCC} -g` },
  {
    name: "a date and time compiled in",
    kind: "timestamp",
    left: `${GCC} -DDATED`,
    right: `${GCC} -DDATED`,
    env: [{ SOURCE_DATE_EPOCH: "1700000000" }, { SOURCE_DATE_EPOCH: "1763638491" }],
    says: /SOURCE_DATE_EPOCH/,
  },
  { name: "a time compiled in as a number", kind: "timestamp", left: GCC, right: `${GCC} -DBUILT=1763638491L` },
  { name: "a user name", kind: "embedded-text", left: GCC, right: `${GCC} -DUSER="builder"` },
  { name: "a stripped side", kind: "stripped", left: GCC, right: `${GCC} -s`, says: /strip/ },
  {
    name: "debug information on one side",
    kind: "stripped",
    left: GCC,
    right: `${GCC} -g1 -fdebug-prefix-map=$PWD=src`,
  },
  {
    name: "another build id (B179)",
    kind: "build-id",
    left: `${GCC} -Wl,--build-id=0xaaaa`,
    right: `${GCC} -Wl,--build-id=0xbbbb`,
  },
  { name: "no build id", kind: "linker-options", left: GCC, right: `${GCC} -Wl,--build-id=none` },
  {
    name: "lazy binding",
    kind: "linker-options",
    left: `${GCC} -Wl,-z,lazy`,
    right: `${GCC} -Wl,-z,now`,
    says: /link arguments/,
  },
  { name: "another hash style", kind: "linker-options", left: GCC, right: `${GCC} -Wl,--hash-style=sysv` },
  { name: "another page size", kind: "linker-options", left: GCC, right: `${GCC} -Wl,-z,max-page-size=65536` },
  { name: "an executable stack", kind: "linker-options", left: GCC, right: `${GCC} -Wl,-z,execstack` },
  { name: "a run path", kind: "linker-options", left: GCC, right: `${GCC} -Wl,-rpath,/opt/x` },
  { name: "static linking", kind: "linker-options", left: GCC, right: `${GCC} -static` },
  { name: "another linker", kind: "toolchain", left: GCC, right: `${GCC} -fuse-ld=gold`, says: /Pin the toolchain/ },
  {
    name: "another order of inputs",
    kind: "codegen-order",
    left: GCC,
    right: "gcc -O1 main.c thrice.c twice.c -o out",
    says: /codegen-units = 1/,
  },
  {
    name: "another order of inputs, stripped",
    kind: "codegen-order",
    left: `${GCC} -s`,
    right: "gcc -O1 main.c thrice.c twice.c -o out -s",
  },
  { name: "another optimisation", kind: "code", left: GCC, right: GCC.replace("-O1", "-O2") },
  { name: "a 32-bit machine", kind: "target", left: "gcc -c twice.c -o out", right: "gcc -m32 -c twice.c -o out" },
  {
    name: "another folder, from rustc",
    kind: "build-path",
    left: "rustc -g $PWD/main.rs -o out",
    right: "rustc -g $PWD/main.rs -o out",
  },
  {
    name: "another rustc",
    kind: "toolchain",
    left: "rustc main.rs -o out",
    right: "rustc +nightly main.rs -o out",
    says: /rust-toolchain/,
  },
  {
    name: "another opt-level",
    kind: "code",
    left: "rustc -C opt-level=2 main.rs -o out",
    right: "rustc -C opt-level=3 main.rs -o out",
  },
  {
    name: "a time from the environment, in Rust",
    kind: "timestamp",
    left: "rustc main.rs -o out",
    right: "rustc main.rs -o out",
    env: [{ BUILT: "2026-11-20T11:34:51Z" }, { BUILT: "2026-11-20T12:01:02Z" }],
  },
  {
    name: "strip in Rust",
    kind: "stripped",
    left: "rustc main.rs -o out",
    right: "rustc -C strip=symbols main.rs -o out",
  },
  {
    name: "a link argument in Rust",
    kind: "linker-options",
    left: "rustc main.rs -o out",
    right: "rustc -C link-arg=-Wl,-z,lazy -C relro-level=partial main.rs -o out",
  },
  {
    name: "another folder, from go",
    kind: "build-path",
    left: "go build -buildvcs=false -o out main.go",
    right: "go build -buildvcs=false -o out main.go",
    says: /-trimpath/,
  },
  {
    name: "another build id from go",
    kind: "build-id",
    left: "go build -trimpath -ldflags=-B=0xaaaa -o out main.go",
    right: "go build -trimpath -ldflags=-B=0xbbbb -o out main.go",
  },
  {
    name: "a time set by the Go linker",
    kind: "timestamp",
    left: "go build -trimpath -ldflags=-X=main.built=1700000000 -o out main.go",
    right: "go build -trimpath -ldflags=-X=main.built=1763638491 -o out main.go",
  },
];

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

  async function explain(fault: Fault): Promise<Explanation> {
    const left = await build("one", fault.left, fault.env?.[0]);
    const right = await build(fault.kind === "build-path" ? "the-other" : "one", fault.right, fault.env?.[1]);
    const options = { scratch: bench.path("scratch"), windows: BUILD_TIMES };
    return await explainDifference([memorySource(left), memorySource(right)], options);
  }

  test.each(FAULTS)("$name: $kind, and nothing else", async (fault) => {
    const { causes } = await explain(fault);
    expect(causes.map(({ kind }) => kind)).toEqual([fault.kind]);
    if (fault.says !== undefined) expect(causes[0]?.remedy).toMatch(fault.says);
  });

  test("equal builds have no cause", async () => {
    const explanation = await explain({ name: "", kind: "code", left: GCC, right: GCC });
    expect(explanation).toMatchObject({ causes: [], map: { differing: 0 } });
  });
});
