import { readFile } from "node:fs/promises";
import { AttestationError, findAttestation, parseTrustedRoots, type TrustedRoots } from "@release-actions/attestation";
import type { CommandRunner } from "@release-actions/command";
import { type Job, restClient } from "./find-artifact.ts";
import type { Inputs } from "./inputs.ts";

/** Throws unless GitHub has a valid attestation of the digest by the signer that the inputs name. */
export async function verifyAttestation(
  digest: string,
  inputs: Inputs,
  job: Job & { readonly run: CommandRunner },
): Promise<void> {
  const { attestation, repository } = inputs;
  if (attestation === undefined) return;
  const { signer, trustedRoot } = attestation;
  const serverUrl = job.env["GITHUB_SERVER_URL"] || "https://github.com";
  const roots = await readRoots(trustedRoot, job);
  const found = await findAttestation(
    restClient(inputs, job),
    roots,
    { repository: signer.split("/").slice(0, 2).join("/") || repository, digest, signer, serverUrl },
    job.signal,
  );
  job.reporter.info(`${digest} is attested by ${found.identity} (${found.predicateType})`);
}

async function readRoots(file: string | undefined, { run }: { readonly run: CommandRunner }): Promise<TrustedRoots> {
  if (file !== undefined) return parseTrustedRoots(await readFile(file, "utf8"));
  const advice = "Use a runner with GitHub's client from version 2.56 on, or give its output in `trusted-root`.";
  try {
    const { stdout, exitCode, stderr } = await run("gh", ["attestation", "trusted-root"], { check: false });
    if (exitCode === 0) return parseTrustedRoots(stdout);
    throw new AttestationError(`gh attestation trusted-root failed: ${stderr.trim()}`, { advice });
  } catch (cause) {
    if (cause instanceof AttestationError) throw cause;
    throw new AttestationError("gh could not print the trusted root", { cause, advice });
  }
}
