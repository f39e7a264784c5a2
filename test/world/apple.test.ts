import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { type CheckedProduct, checkProduct, openProduct, readBinaries } from "@release-actions/macos-product";
import { cacheFolder } from "../../scripts/folders.ts";
import { describeWith } from "../parts.ts";
import { ALL, bringGoModule, bringNpm, bringPyPI, type GoPin, type NpmPin, type PyPIPin, sample } from "./bring.ts";

/** One architecture of a program: what go-macho reads of it, and what Apple would refuse by that. */
interface Program {
  readonly path: string;
  readonly architecture: string;
  /** The team, `ad-hoc`, or `unsigned`. */
  readonly signer: string;
  readonly cdhash: string | undefined;
  readonly identifier: string | undefined;
  readonly findings: readonly string[];
}

type Pin = { readonly npm: NpmPin } | { readonly pypi: PyPIPin } | { readonly go: GoPin };

type Package = Pin & { readonly programs: readonly Program[] };

const FOLDER = path.join(import.meta.dirname, "apple");
/** In the order in which a sample is taken; the first have some of every kind. */
const PACKAGES: readonly Package[] = JSON.parse(readFileSync(path.join(FOLDER, "programs.json"), "utf8"));
/** Thirty programs and more, some 80 MB. */
const SAMPLE = 18;

function nameOf(one: Package): string {
  if ("npm" in one) return `${one.npm.name} ${one.npm.version}`;
  return "pypi" in one ? one.pypi.file : `${one.go.module} ${one.go.version}`;
}

async function bring(one: Package): Promise<string> {
  if ("npm" in one) return await bringNpm(one.npm);
  return "pypi" in one ? await bringPyPI(one.pypi) : await bringGoModule(one.go);
}

function programsOf({ binaries, problems }: CheckedProduct): Program[] {
  return binaries.flatMap(({ path: inside, images }) =>
    images.map(({ architecture, teamId, cdhash, identifier, flags }) => {
      const own = problems.filter((one) => one.path === inside && one.architecture === architecture);
      const signed = flags.includes("adhoc") ? "ad-hoc" : (teamId ?? "unknown");
      const signer = cdhash === undefined ? "unsigned" : signed;
      return { path: inside, architecture, signer, cdhash, identifier, findings: own.map(({ code }) => code).sort() };
    }),
  );
}

const byPlace = (a: Program, b: Program): number =>
  `${a.path} ${a.architecture}` < `${b.path} ${b.architecture}` ? -1 : 1;

describeWith(["npm", "python3", "go"], "macOS programs of the world", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "apple-world-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(sample(PACKAGES, SAMPLE).map((one) => [nameOf(one), one] as const))(
    "%s: programs, signers, code hashes and findings are as go-macho reads them",
    async (_name, one) => {
      const checked = await checkProduct(await openProduct(await bring(one)));
      expect(programsOf(checked).sort(byPlace)).toEqual([...one.programs].sort(byPlace));
    },
    300_000,
  );

  test("go-macho still reads what is written down of it", async () => {
    const judge = await buildGoMacho();
    for (const one of sample(PACKAGES, ALL ? PACKAGES.length : 3)) {
      const file = path.join(folder, "program");
      for await (const { path: inside, bytes } of readBinaries(await openProduct(await bring(one)))) {
        await writeFile(file, bytes);
        const { stdout } = await runCommand(judge, [file]);
        const said = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as { cdhash: string; identifier: string; team: string });
        const written = one.programs.filter((program) => program.path === inside);
        expect(said.map(({ cdhash }) => cdhash.slice(0, 40)).sort()).toEqual(
          written.map(({ cdhash }) => cdhash ?? "").sort(),
        );
        expect(said.map(({ identifier }) => identifier).sort()).toEqual(
          written.map(({ identifier }) => identifier ?? "").sort(),
        );
      }
    }
  }, 900_000);

  /** Compiled once, into the cache of the tools. */
  async function buildGoMacho(): Promise<string> {
    const version = /go-macho (v\S+)/.exec(await readFile(path.join(FOLDER, "go-macho/go.mod"), "utf8"))?.[1] ?? "";
    const home = cacheFolder("world", `go-macho-${version}`);
    const program = path.join(home, "go-macho-reading");
    if (!existsSync(program)) {
      await mkdir(home, { recursive: true });
      const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false" };
      await runCommand("go", ["build", "-o", program, "."], { cwd: path.join(FOLDER, "go-macho"), env });
    }
    return program;
  }
});
