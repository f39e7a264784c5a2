import { chmod, cp, link, lstat, mkdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { bestCodeDirectory, checkSigning, type ImageReport } from "@release-actions/macho";
import { describeWith } from "../parts.ts";
import type { StepOptions, StepResult } from "../runner/job.ts";
import { makeFatBinary } from "../stand-in/apple/mac-binary.ts";
import { useSigningBench } from "../stand-in/apple/signing-bench.ts";
import { WORKSHOP_TOOLS } from "../stand-in/apple/workshop.ts";

const JIT = `<plist version="1.0"><dict><key>com.apple.security.cs.allow-jit</key><true/></dict></plist>`;

describeWith(WORKSHOP_TOOLS, "a request to codesign-macos", () => {
  const bench = useSigningBench();

  /** Runs a step without any secret. */
  const signWithoutSecrets = (inputs: Record<string, string>, options: Pick<StepOptions, "env"> = {}) =>
    bench.job.step("codesign-macos", { inputs: { path: "tool", ...inputs }, ...options });
  const sign = async (
    inputs: Record<string, string> = {},
    options: Pick<StepOptions, "env"> = {},
  ): Promise<StepResult> => {
    const { identity, timestamps, authorities } = bench.workshop;
    const certificate = (await readFile(identity.p12)).toString("base64");
    const given = { certificate, "certificate-password": identity.password, timestamp: timestamps.url };
    return await signWithoutSecrets({ ...given, authorities: authorities.join("\n"), ...inputs }, options);
  };
  const read = async (name: string): Promise<Buffer> => await readFile(bench.job.file(name));
  const imagesOf = async (name: string): Promise<readonly ImageReport[]> =>
    (await checkSigning(await read(name))).images;
  const identifiersOf = async (name: string): Promise<(string | undefined)[]> =>
    (await imagesOf(name)).map(({ signature }) => signature && bestCodeDirectory(signature).identifier);
  const entitlementsOf = async (name: string): Promise<unknown> =>
    (await imagesOf(name)).map(({ signature }) => signature?.entitlements.xml);
  const messages = (result: StepResult): string => result.annotations.map(({ message }) => message).join("\n");

  test("signs ad hoc without any secret, as in runs of forks", async () => {
    await cp(await makeFatBinary([bench.amd64, bench.arm64], bench.workshop.fresh()), bench.job.file("universal"));
    const result = await signWithoutSecrets({ path: "tool\nuniversal", "ad-hoc": "true" });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect(await identifiersOf("universal")).toEqual(["universal", "universal"]);
    const { images, findings } = await checkSigning(await read("tool"));
    expect(findings.map(({ code }) => code)).toEqual(["ad-hoc"]);
    const [signature] = images.map((image) => image.signature);
    expect(JSON.parse(result.outputs["files"] ?? "")[0]).toMatchObject({
      file: "tool",
      identifier: "tool",
      cdhash: signature && bestCodeDirectory(signature).cdhash,
    });
    // rcodesign reports the empty CMS that it wrote itself. This test checks only that the code matches its signature.
    const judged = await runCommand("rcodesign", ["verify", bench.job.file("tool")], { check: false });
    expect(`${judged.stdout}${judged.stderr}`).not.toMatch(/mismatch/);
  });

  test("an ad hoc signature does not read the certificate input, and needs no team", async () => {
    const result = await sign({ "ad-hoc": "true", certificate: "not a certificate" });
    expect([messages(result), result.conclusion, result.outputs["certificate"]]).toEqual(["", "success", undefined]);
  });

  test.each([
    ["without any secret", () => signWithoutSecrets({ "dry-run": "true" }), undefined],
    ["with the certificate", () => sign({ "dry-run": "true" }), "Developer ID Application: Example (TEAMID1234)"],
  ])("a dry run %s signs a copy, checks it, and leaves the file as it was", async (_title, run, certificate) => {
    const result = await run();
    expect([messages(result), result.conclusion, result.outputs["certificate"]]).toEqual(["", "success", certificate]);
    expect((await read("tool")).equals(await readFile(bench.arm64))).toBe(true);
    expect(result.log).toMatch(/tool: a copy was signed, the file is unchanged/);
    expect(result.summary).toMatch(/dry run, nothing was changed/);
  });

  test("a dry run fails where a real run would", async () => {
    const result = await sign({ "dry-run": "true", "team-id": "OTHERTEAM1" });
    expect(result.conclusion).toBe("failure");
    expect(messages(result)).toMatch(/belongs to the team TEAMID1234, expected OTHERTEAM1/);
  });

  test("without secrets, it names the inputs to use for forks", async () => {
    const result = await signWithoutSecrets({});
    expect(messages(result)).toMatch(/`certificate` is required[\s\S]*`ad-hoc` or `dry-run`/);
  });

  test("signs through a symbolic link and keeps the link, and signs a file once where two links lead to it", async () => {
    await mkdir(bench.job.file("cellar"));
    await cp(bench.arm64, bench.job.file("cellar/real-tool"));
    await chmod(bench.job.file("cellar/real-tool"), 0o750);
    for (const name of ["current", "stable"]) await symlink("cellar/real-tool", bench.job.file(name));
    const result = await sign({ path: "current\nstable" });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect((await lstat(bench.job.file("current"))).isSymbolicLink()).toBe(true);
    expect(await readlink(bench.job.file("stable"))).toBe("cellar/real-tool");
    expect((await stat(bench.job.file("cellar/real-tool"))).mode & 0o777).toBe(0o750);
    // The identifier comes from the name of the file, not of the link.
    expect(await identifiersOf("cellar/real-tool")).toEqual(["real-tool"]);
    expect(JSON.parse(result.outputs["files"] ?? "").length).toBe(1);
  });

  test("does not change what another hard link to the file shows", async () => {
    await link(bench.job.file("tool"), bench.job.file("other"));
    expect((await sign()).conclusion).toBe("success");
    expect((await read("other")).equals(await readFile(bench.arm64))).toBe(true);
  });

  test.each([
    ["tool-1.2.3", "tool-1"],
    ["libfoo.1.dylib", "libfoo.1"],
  ])("chooses the identifier of %s as codesign does, and replaces Go's a.out", async (name, identifier) => {
    await cp(bench.arm64, bench.job.file(name));
    expect(await identifiersOf(name)).toEqual(["a.out"]);
    expect((await sign({ path: name })).conclusion).toBe("success");
    expect(await identifiersOf(name)).toEqual([identifier]);
  });

  test("keeps nothing of an earlier signature, as `codesign --force` does", async () => {
    const extra = ["--code-signature-flags", "library", "--binary-identifier", "com.example.earlier"];
    const earlier = await bench.workshop.sign(bench.arm64, { entitlements: JIT, extra });
    await cp(earlier, bench.job.file("tool"));
    const result = await sign();
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect(await entitlementsOf("tool")).toEqual([undefined]);
    expect(await identifiersOf("tool")).toEqual(["tool"]);
    const [image] = await imagesOf("tool");
    const flags = image?.signature && bestCodeDirectory(image.signature).flags;
    expect(flags).toBe(0x10000);
    const judged = await runCommand("rcodesign", ["verify", bench.job.file("tool")], { check: false });
    expect(`${judged.stdout}${judged.stderr}`).toMatch(/no problems detected/);
  });

  test.each([
    ["the entitlements", "--entitlements-xml-file", /arm64: its entitlements differ from the file/],
    [
      "the flags",
      "--code-signature-flags",
      /arm64: (is signed without the hardened runtime|it lacks the option runtime)/,
    ],
    ["the identifier", "--binary-identifier", /arm64: it has the identifier \S+, expected com\.example\.tool/],
  ])("refuses the result of a signing program that ignores %s", async (_title, option, message) => {
    await writeFile(bench.job.file("app.entitlements"), JIT);
    const before = await read("tool");
    const inputs = { entitlements: "app.entitlements", identifier: "com.example.tool" };
    const result = await sign(inputs, { env: { PATH: await programThatIgnores(option) } });
    expect(result.conclusion).toBe("failure");
    expect(messages(result)).toMatch(/tool was not replaced, because its signed copy is not as requested/);
    expect(messages(result)).toMatch(message);
    expect((await read("tool")).equals(before)).toBe(true);
  });

  /** A program that calls the real rcodesign, but drops one option and its value. */
  async function programThatIgnores(option: string): Promise<string> {
    const { stdout } = await runCommand("which", ["rcodesign"]);
    const folder = bench.workshop.fresh();
    await mkdir(folder);
    const script = `#!/usr/bin/env node
const args = process.argv.slice(2);
for (let at = args.indexOf(${JSON.stringify(option)}); at >= 0; at = args.indexOf(${JSON.stringify(option)})) args.splice(at, 2);
const { spawnSync } = require("node:child_process");
process.exit(spawnSync(${JSON.stringify(stdout.trim())}, args, { stdio: "inherit" }).status);
`;
    await writeFile(path.join(folder, "rcodesign"), script, { mode: 0o755 });
    return [folder, process.env["PATH"] ?? ""].join(path.delimiter);
  }
});
