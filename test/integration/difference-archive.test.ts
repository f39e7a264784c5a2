import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { type CauseKind, type Explanation, explainDifference } from "@release-actions/difference";
import { describeWith } from "../parts.ts";
import { BUILD_TIMES } from "../support/build-times.ts";
import { Workbench } from "../support/compile.ts";

jest.setTimeout(120_000);

interface Fault {
  readonly name: string;
  /** The expected causes, in order. The first is the injected fault. */
  readonly kinds: readonly CauseKind[];
  readonly left: string;
  readonly right: string;
  readonly place?: RegExp;
}

const TAR = "tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644";

const FAULTS: readonly Fault[] = [
  {
    name: "ar: times of members",
    kinds: ["timestamp"],
    left: "touch -d @1000 a.o; ar crU out a.o b.o",
    right: "touch -d @2000 a.o; ar crU out a.o b.o",
    place: /header of a\.o/,
  },
  {
    name: "ar: the order of members",
    kinds: ["member-order"],
    left: "ar crD out a.o b.o",
    right: "ar crD out b.o a.o",
  },
  {
    name: "ar: a member in one archive only",
    kinds: ["member-set"],
    left: "ar crD out a.o b.o",
    right: "ar crD out a.o",
  },
  {
    name: "ar: the mode of a member",
    kinds: ["member-mode"],
    left: "touch -d @0 a.o; chmod 644 a.o; ar crU out a.o",
    right: "touch -d @0 a.o; chmod 600 a.o; ar crU out a.o; chmod 644 a.o",
  },
  {
    name: "ar: a path in a member with a long name",
    kinds: ["build-path"],
    left: "cd one && gcc -g -c $PWD/a.c -o ../an-object-with-a-long-name.o && cd .. && ar crD out an-object-with-a-long-name.o",
    right:
      "cd the-other && gcc -g -c $PWD/a.c -o ../an-object-with-a-long-name.o && cd .. && ar crD out an-object-with-a-long-name.o",
    place: /^an-object-with-a-long-name\.o: \.debug/,
  },
  {
    name: "ar: a member compressed by another program, as the data of a Debian package",
    kinds: ["compression"],
    left: "gzip -nc a.o > a.gz; ar crD out a.gz b.o",
    right: "xz -c a.o > a.xz; ar crD out a.xz b.o",
    place: /^a\.gz: format/,
  },
  {
    name: "tar: times",
    kinds: ["timestamp"],
    left: `${TAR} -cf out one`,
    right: `${TAR} --mtime=@1700000000 -cf out one`,
  },
  {
    name: "tar: the owner",
    kinds: ["member-owner"],
    left: `${TAR} -cf out one`,
    right: `${TAR} --owner=runner:1001 -cf out one`,
  },
  {
    name: "tar: the mode",
    kinds: ["member-mode"],
    left: `${TAR} -cf out one/a.c`,
    right: `${TAR} --mode=0664 -cf out one/a.c`,
  },
  {
    name: "tar: the order",
    kinds: ["member-order"],
    left: `${TAR} -cf out one/a.c one/b.c`,
    right: `${TAR} -cf out one/b.c one/a.c`,
  },
  {
    name: "tar: another format",
    kinds: ["archive-format"],
    left: `${TAR} -cf out one/a.c`,
    right: `${TAR} --format=gnu -cf out one/a.c`,
  },
  {
    name: "tar.gz: a path in a binary",
    kinds: ["build-path"],
    left: `(cd one && gcc -g -o ../prog a.c) && ${TAR} -cf - prog | gzip -n > out`,
    right: `(cd the-other && gcc -g -o ../prog a.c) && ${TAR} -cf - prog | gzip -n > out`,
    place: /^unpacked, prog: \.debug/,
  },
  {
    name: "gzip: the time and nothing else",
    kinds: ["timestamp"],
    left: "touch -d @1000000000 one/a.c && gzip -kc one/a.c > out",
    right: "touch -d @1700000000 one/a.c && gzip -kc one/a.c > out",
    place: /gzip header/,
  },
  {
    name: "gzip: the level",
    kinds: ["compression"],
    left: "seq 9999 | gzip -n1 > out",
    right: "seq 9999 | gzip -n9 > out",
  },
  {
    name: "gzip: deflate of equal content",
    kinds: ["compression"],
    left: "seq 9999 | gzip -n6 > out",
    right: "seq 9999 | gzip -n4 > out",
    place: /equal content/,
  },
  {
    name: "zstd: the level",
    kinds: ["compression"],
    left: "seq 9999 | zstd -q -1 > out",
    right: "seq 9999 | zstd -q -19 > out",
  },
  {
    name: "xz: the preset",
    kinds: ["compression"],
    left: "seq 9999 | xz -1 > out",
    right: "seq 9999 | xz -9 > out",
    place: /filters/,
  },
  {
    name: "xz: the check",
    kinds: ["compression"],
    left: "seq 9999 | xz --check=crc32 > out",
    right: "seq 9999 | xz --check=sha256 > out",
    place: /check/,
  },
  {
    name: "xz: other content of another length",
    kinds: ["embedded-text"],
    left: "seq 9999 | xz > out",
    right: "seq 9990 | xz > out",
    place: /line 9991/,
  },
  {
    name: "xz: an xz file in a tar.xz, both open at once",
    kinds: ["embedded-text"],
    left: `seq 9999 | xz > in.xz; ${TAR} -cJf out in.xz`,
    right: `seq 9990 | xz > in.xz; ${TAR} -cJf out in.xz`,
    place: /in\.xz.*line 9991/,
  },
  {
    name: "zip: times",
    kinds: ["timestamp"],
    left: "touch -d @1000000000 one/a.c && zip -qX out.zip one/a.c && mv out.zip out",
    right: "touch -d @1700000000 one/a.c && zip -qX out.zip one/a.c && mv out.zip out",
  },
  {
    name: "zip: the owner",
    kinds: ["member-owner"],
    left: "touch -d @0 one/a.c; zip -q out.zip one/a.c && mv out.zip out",
    right: "touch -d @0 one/a.c; chown 1001 one/a.c; zip -q out.zip one/a.c && mv out.zip out; chown 0 one/a.c",
  },
  {
    name: "zip: the order",
    kinds: ["member-order"],
    left: "touch -d @999999998 one/*; zip -qX out.zip one/a.c one/b.c && mv out.zip out",
    right: "touch -d @999999998 one/*; zip -qX out.zip one/b.c one/a.c && mv out.zip out",
  },
  {
    name: "zip: stored",
    kinds: ["compression"],
    left: "touch -d @999999998 one/*; zip -qX out.zip one/big && mv out.zip out",
    right: "touch -d @999999998 one/*; zip -qX0 out.zip one/big && mv out.zip out",
  },
  {
    name: "text: a path",
    kinds: ["build-path"],
    left: 'cd one && echo "{\\"root\\": \\"$PWD/src\\"}" > ../out',
    right: 'cd the-other && echo "{\\"root\\": \\"$PWD/src\\"}" > ../out',
  },
  {
    name: "text: a date",
    kinds: ["timestamp"],
    left: "echo built on $(date -ud @1700000000) > out",
    right: "echo built on $(date -ud @1763638491) > out",
  },
  {
    name: "bytes of an unknown format",
    kinds: ["content"],
    left: "printf '\\0\\1\\2\\3' > out",
    right: "printf '\\0\\1\\2\\4' > out",
  },
  { name: "an empty file and one that is not", kinds: ["content"], left: ": > out", right: "echo x > out" },
];

const GO = "GO111MODULE=off CGO_ENABLED=0 GOOS=darwin";
const MACHO: readonly Fault[] = [
  {
    name: "a path",
    kinds: ["build-path"],
    left: `cd one && ${GO} GOARCH=arm64 go build -o ../out main.go`,
    right: `cd the-other && ${GO} GOARCH=arm64 go build -o ../out main.go`,
  },
  {
    name: "a time",
    kinds: ["timestamp"],
    left: `cd one && ${GO} GOARCH=arm64 go build -trimpath -ldflags=-X=main.built=1700000000 -o ../out main.go`,
    right: `cd one && ${GO} GOARCH=arm64 go build -trimpath -ldflags=-X=main.built=1763638491 -o ../out main.go`,
  },
  {
    name: "another architecture",
    kinds: ["slices"],
    left: `cd one && ${GO} GOARCH=arm64 go build -trimpath -o ../out main.go`,
    right: `cd one && ${GO} GOARCH=amd64 go build -trimpath -o ../out main.go`,
  },
  {
    name: "only the UUID",
    kinds: ["build-id"],
    left: `cd one && ${GO} GOARCH=arm64 go build -trimpath '-ldflags=-B 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' -o ../out main.go`,
    right: `cd one && ${GO} GOARCH=arm64 go build -trimpath '-ldflags=-B 0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' -o ../out main.go`,
  },
];

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
      await bench.shell(`rm -f out; ${line}`, { GOCACHE: bench.path("cache"), TZ: "UTC" });
      return readFileSync(bench.path("out"));
    }

    async function explain(left: Uint8Array, right: Uint8Array): Promise<Explanation> {
      const options = { scratch: bench.path("scratch"), windows: BUILD_TIMES };
      return await explainDifference([memorySource(left), memorySource(right)], options);
    }

    describe.each([
      ["what is packed", FAULTS],
      ["Mach-O files", MACHO],
    ])("%s", (_title, faults) => {
      test.each(faults)("$name: $kinds.0, and nothing else", async ({ left, right, kinds, place }) => {
        const { causes, damage } = await explain(await make(left), await make(right));
        expect(damage).toBeUndefined();
        expect(causes.map(({ kind }) => kind)).toEqual(kinds);
        if (place !== undefined) expect(causes[0]?.place).toMatch(place);
      });
    });

    test("only the signature of a Mach-O file", async () => {
      const signed = await make(`cd one && ${GO} GOARCH=arm64 go build -trimpath -o ../out main.go`);
      const other = Buffer.from(signed);
      // The signature is at the end of the file. Its last hash is changed, as signing again would do.
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 0xff;
      expect((await explain(signed, other)).causes.map(({ kind }) => kind)).toEqual(["signature"]);
    });

    test.each([
      ["ar", "ar crD out a.o b.o"],
      ["tar", `${TAR} -cf out one`],
      ["tar.gz", `${TAR} -cf - one | gzip -n > out`],
      ["zip", "zip -qX out.zip one/a.c one/big && mv out.zip out"],
      ["xz", "seq 999 | xz > out"],
      ["ELF", "gcc -o out one/a.c"],
      ["Mach-O", `cd one && ${GO} GOARCH=arm64 go build -trimpath -ldflags=-s -o ../out main.go`],
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
