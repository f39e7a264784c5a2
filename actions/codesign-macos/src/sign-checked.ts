import { chmod, copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import {
  type Authorities,
  bestCodeDirectory,
  checkSigning,
  type Finding,
  type FindingCode,
  readXmlEntitlements,
} from "@release-actions/macho";
import { Fault } from "@release-actions/report";
import type { SigningIdentity } from "@release-actions/signing-identity";
import type { ActionRunner } from "./action.gen.ts";
import { missingOf } from "./as-asked.ts";
import { chooseIdentifier } from "./identifier.ts";
import { APPLE_TIMESTAMP_SERVER, type Signer } from "./signer.ts";

export interface SignedFile {
  readonly file: string;
  readonly architecture: string;
  readonly identifier: string;
  /** Hex, as the notarization ticket lists it. */
  readonly cdhash: string;
}

export interface FileToSign {
  /** The path as the inputs give it. */
  readonly given: string;
  /** The path with symbolic links resolved: the file itself is signed, and links to it stay links. */
  readonly real: string;
  /** A folder beside the file, on the same disk, so that a file in it can be moved into place in one step. */
  readonly work: string;
}

/** The certificate to sign with. */
export interface OpenedIdentity {
  readonly identity: SigningIdentity;
  /** Whether the certificate was not issued by Apple. This was already reported when it was opened. */
  readonly isForeign: boolean;
}

export interface SignOptions {
  readonly sign: Signer;
  /** Undefined for an ad-hoc signature. */
  readonly opened: OpenedIdentity | undefined;
  readonly authorities: Authorities;
}

/**
 * Signs a copy, checks that it is as the inputs require, and replaces the file with it, keeping links and mode. A
 * failure or a dry run leaves the file unchanged.
 */
export async function signChecked(
  runner: ActionRunner,
  { given, real, work }: FileToSign,
  { sign, opened, authorities }: SignOptions,
): Promise<SignedFile[]> {
  const { inputs } = runner;
  const copy = path.join(work, path.basename(real));
  runner.onExit(() => rm(work, { recursive: true, force: true }));
  await mkdir(work, { recursive: true });
  await copyFile(real, copy);
  const before = await stat(real);
  const identifier = inputs.identifier ?? (await chooseIdentifier(real, await readFile(real)));
  await sign(copy, identifier);
  const teamId = opened?.identity.certificate.organizationalUnit;
  const { images, findings } = await checkSigning(await readFile(copy), { teamId, authorities });
  for (const { code, level, message, advice } of findings) {
    if (level !== "warning" && !WORTH_A_WARNING.includes(code)) continue;
    const location = { file: given };
    runner.problem({ level: "warning", message: `${path.basename(given)} ${message}. ${advice}`, location });
  }
  const wrong = findings.filter((finding) => finding.level === "error" && !isIntended(runner, finding, opened));
  const list = wrong.map(({ architecture, message }) => `${architecture ?? "file"}: ${message}`);
  const { entitlements: file, options } = inputs;
  const entitlements = file === undefined ? undefined : await readXmlEntitlements(await readFile(file));
  list.push(...missingOf(images, { identifier, options, entitlements }));
  if (list.length > 0) {
    throw new Fault(`${given} was not replaced, because its signed copy is not as requested:\n${list.join("\n")}`, {
      advice: wrong[0]?.advice ?? "Check the inputs, and the output of the signing program above.",
    });
  }
  if (!inputs["dry-run"]) {
    await chmod(copy, before.mode);
    await rename(copy, real);
  }
  await rm(work, { recursive: true, force: true });
  return images.flatMap(({ image, signature }) => {
    if (signature === undefined) return [];
    const directory = bestCodeDirectory(signature);
    const file = path.relative(process.cwd(), given);
    return [{ file, architecture: image.architecture, identifier: directory.identifier, cdhash: directory.cdhash }];
  });
}

/** Findings that make Apple refuse the file, but that the inputs ask for or that signing cannot change. */
const WORTH_A_WARNING: readonly FindingCode[] = ["get-task-allow", "old-sdk"];

/** Whether a finding is what the inputs ask for, and so not a mistake; the SDK was chosen when the file was built. */
function isIntended({ inputs }: ActionRunner, { code }: Finding, opened: OpenedIdentity | undefined): boolean {
  const intended: Partial<Record<FindingCode, boolean | undefined>> = {
    "ad-hoc": opened === undefined,
    "no-timestamp": inputs.timestamp === "none" || opened === undefined,
    "foreign-timestamp": inputs.timestamp !== APPLE_TIMESTAMP_SERVER,
    "not-developer-id": opened?.isForeign,
    "incomplete-chain": opened?.isForeign,
    "no-hardened-runtime": !inputs.options.includes("runtime"),
    "get-task-allow": inputs.entitlements !== undefined,
    "old-sdk": true,
  };
  return intended[code] ?? false;
}
