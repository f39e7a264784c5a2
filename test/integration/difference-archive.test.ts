import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { type CauseKind, type Explanation, explainDifference } from "@release-actions/difference";
import { describeWith } from "../parts.ts";
import { BUILD_TIMES } from "../support/build-times.ts";
import { readCases } from "../support/case-tables.ts";
import { Workbench } from "../support/compile.ts";

jest.setTimeout(120_000);

interface Fault {
  readonly name: string;
  readonly kind: CauseKind;
  readonly left: string;
  readonly right: string;
  readonly place?: string;
}

const FAULTS = readCases<Record<"packed" | "Mach-O", readonly Fault[]>>("differences.yml");
const TAR = "tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644";

describeWith(
  ["gcc", "ar", "tar", "gzip", "zstd", "xz", "zip", "go", "bash"],
  "the cause of a difference between archives",
  () => {
    let bench: Workbench;
    beforeAll(async () => {
      const c = "int f(int x) { return x + 1; }\nint main(void) { return f(1); }\n";
      const go = 'package main\n\nvar built = "never"\n\nfunc main() { println("hello", built) }\n';
      const files = { "a.c": c, "b.c": "int g;\n", big: "all work and no play\n".repeat(500), "main.go": go };
      const sides = ["one", "the-other"].flatMap((side) =>
        Object.entries(files).map(([name, text]) => [`${side}/${name}`, text]),
      );
      bench = new Workbench(Object.fromEntries(sides));
      mkdirSync(bench.path("scratch"));
      await bench.run("gcc -c one/a.c -o a.o");
      await bench.run("gcc -c one/b.c -o b.o");
    });
    afterAll(() => bench[Symbol.dispose]());

    async function make(line: string): Promise<Buffer> {
      const goEnv = { GOCACHE: bench.path("cache"), GO111MODULE: "off", CGO_ENABLED: "0" };
      await bench.shell(`rm -f out; ${line}`, { ...goEnv, TAR, TZ: "UTC" });
      return readFileSync(bench.path("out"));
    }

    async function explain(left: Uint8Array, right: Uint8Array): Promise<Explanation> {
      const options = { scratch: bench.path("scratch"), windows: BUILD_TIMES };
      return await explainDifference([memorySource(left), memorySource(right)], options);
    }

    describe.each([
      ["what is packed", FAULTS.packed],
      ["Mach-O files", FAULTS["Mach-O"]],
    ])("%s", (_title, faults) => {
      test.each(faults)("$name: $kind, and nothing else", async ({ left, right, kind: expected, place }) => {
        const { causes, damage } = await explain(await make(left), await make(right));
        expect(damage).toBeUndefined();
        expect(causes.map(({ kind }) => kind)).toEqual([expected]);
        if (place !== undefined) expect(causes[0]?.place).toMatch(new RegExp(place));
      });
    });

    test("only the signature of a Mach-O file", async () => {
      const signed = await make("cd one && GOOS=darwin GOARCH=arm64 go build -trimpath -o ../out main.go");
      const other = Buffer.from(signed);
      // The signature is at the end of the file. Its last hash is changed, as signing again would do.
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 0xff;
      expect((await explain(signed, other)).causes.map(({ kind }) => kind)).toEqual(["signature"]);
    });

    test.each([
      ["ar", "ar crD out a.o b.o"],
      ["tar", "$TAR -cf out one"],
      ["tar.gz", "$TAR -cf - one | gzip -n > out"],
      ["zip", "zip -qX out.zip one/a.c one/big && mv out.zip out"],
      ["xz", "seq 999 | xz > out"],
      ["ELF", "gcc -o out one/a.c"],
      ["Mach-O", "cd one && GOOS=darwin GOARCH=arm64 go build -trimpath -ldflags=-s -o ../out main.go"],
    ])("a damaged %s is compared as far as it can be, without a crash", async (_format, line) => {
      const whole = await make(line);
      const step = Math.max(1, Math.floor(whole.length / 23));
      for (let at = 1; at < whole.length; at += step) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 0x55;
        for (const other of [whole.subarray(0, at), damaged]) {
          const { causes } = await explain(whole, other);
          expect(causes.length).toBeGreaterThan(0);
        }
      }
    });
  },
);
