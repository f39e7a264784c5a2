import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { memorySource, WindowedSource } from "@release-actions/archive";
import { IDENTITY, Sigstore } from "@release-actions/attestation/testing";
import { indexImageArchive } from "@release-actions/oci";
import { describeWithEngines } from "../../engines.ts";
import type { StepResult } from "../../runner/job.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Fixture, freshArchive, stateOf } from "./fixture.ts";

describeWithEngines("load-restate-image with verify: attestation", ["containerd"], (own) => {
  let fixture: Fixture;
  let sigstore: Sigstore;
  const folder = temporaryFolder();
  let archive: Buffer;
  let digest: string;
  beforeAll(async () => {
    fixture = await Fixture.open();
    sigstore = await Sigstore.start();
    await writeFile(path.join(folder, "trusted-root.jsonl"), `${sigstore.trustedRoot}\n`);
  });
  beforeEach(async () => {
    archive = freshArchive();
    const indexed = await indexImageArchive(new WindowedSource(memorySource(archive)));
    ({ digest } = indexed.archive);
  });
  afterEach(() => fixture.reset());
  afterAll(async () => {
    sigstore.close();
    await fixture.close();
  });

  const attest = (about: string, bundle: unknown): void =>
    void fixture.github.repository("acme/product").attestations.set(about, [bundle]);

  async function load(inputs: Record<string, string> = {}): Promise<StepResult & { tag: string }> {
    const run = await fixture.runHolding(archive);
    const trusted = { verify: "attestation", "trusted-root": path.join(folder, "trusted-root.jsonl") };
    const token = fixture.github.token(run.repository, { actions: "read", attestations: "read", contents: "read" });
    return await fixture.load(run, own, { ...trusted, signer: "acme/product", "github-token": token, ...inputs });
  }

  test("takes an image that its repository has attested, and says by whom", async () => {
    attest(digest, await sigstore.attest({ digest }));
    const step = await load();
    expect(step.annotations).toEqual([]);
    expect(step.log).toContain(`${digest} is attested by ${IDENTITY}`);
    expect(await stateOf(own, step.tag)).toMatchObject({ usable: true });
  });

  test.each<[string, (fresh: string) => Promise<unknown>, Record<string, string>, RegExp]>([
    ["without an attestation", async () => undefined, {}, /acme\/product has no attestation of sha256:/],
    [
      "attested by a workflow other than the named one",
      (fresh) => sigstore.attest({ digest: fresh }),
      { signer: "acme/product/.github/workflows/release.yml" },
      /none is valid/,
    ],
    [
      "whose attestation is about another digest",
      () => sigstore.attest(),
      {},
      /it is about sha256:a+, expected sha256:/,
    ],
    [
      "whose attestation is not in a transparency log",
      (fresh) => sigstore.attest({ digest: fresh, isLogged: false }),
      {},
      /none is valid/,
    ],
  ])("refuses an image %s, before the tag moves", async (_title, make, inputs, message) => {
    const bundle = await make(digest);
    if (bundle !== undefined) attest(digest, bundle);
    const step = await load(inputs);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations.map((it) => it.message).join("\n")).toMatch(message);
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });

  test("names the permission that the token lacks", async () => {
    const run = await fixture.runHolding(archive);
    const token = fixture.github.token(run.repository, { actions: "read", contents: "read" });
    const inputs = { verify: "attestation", "trusted-root": path.join(folder, "trusted-root.jsonl") };
    const step = await fixture.load(run, own, { ...inputs, signer: "acme/product", "github-token": token });
    expect(step.conclusion).toBe("failure");
    expect(`${step.annotations.map((it) => it.message).join("\n")}${step.log}`).toContain("attestations: read");
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });

  test("also refuses an image without an attestation when the engine already has it", async () => {
    const before = await fixture.load(await fixture.runHolding(archive), own);
    const step = await load({ "expected-digest": digest });
    expect(before.conclusion).toBe("success");
    expect(step.annotations.map((it) => it.message).join("\n")).toMatch(/has no attestation of/);
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });
});
