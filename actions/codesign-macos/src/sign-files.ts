import { realpath } from "node:fs/promises";
import path from "node:path";
import { type Authorities, developerIdFault } from "@release-actions/macho";
import { findProducts, readAuthorities } from "@release-actions/macos-product";
import { P12Error } from "@release-actions/p12";
import { Fault } from "@release-actions/report";
import { checkIdentity, openIdentity, type SigningIdentity } from "@release-actions/signing-identity";
import type { ActionRunner } from "./action.gen.ts";
import { type FileToSign, type OpenedIdentity, type SignedFile, signChecked } from "./sign-checked.ts";
import { codesignSigner, keychainPath, rcodesignSigner } from "./signer.ts";
import { saveLeftovers } from "./state.ts";
import { summarize } from "./summary.ts";

/** Opens the certificate, signs every file, and writes the summary. All checks come before the first change. */
export async function signFiles(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const authorities = await readAuthorities(inputs.authorities);
  const opened = isAdHoc(runner) ? undefined : await openChecked(runner, authorities);
  if (opened === undefined) runner.info("signing ad hoc, with no certificate");
  const files = await findFiles(runner);

  const folder = await runner.tempFolder("identity");
  const isApples = inputs.backend === "codesign" || (inputs.backend === "auto" && process.platform === "darwin");
  saveLeftovers(runner, {
    keychain: isApples && opened !== undefined ? keychainPath(folder) : undefined,
    folders: [folder, ...new Set(files.map(({ work }) => work))],
  });
  const sign = await (isApples ? codesignSigner : rcodesignSigner)(runner, opened?.identity, folder);

  const signed: SignedFile[] = [];
  for (const file of files) {
    signed.push(...(await signChecked(runner, file, { sign, opened, authorities })));
    runner.info(`${file.given}: ${inputs["dry-run"] ? "a copy was signed, the file is unchanged" : "signed"}`);
  }
  summarize(runner, signed);
}

/** A dry run may go without a certificate, because workflows of forks get no secrets. */
function isAdHoc({ inputs }: ActionRunner): boolean {
  return inputs["ad-hoc"] || (inputs["dry-run"] && inputs.certificate === undefined);
}

async function openChecked(runner: ActionRunner, authorities: Authorities): Promise<OpenedIdentity> {
  const { certificate: text, "certificate-password": password, "team-id": teamId, identity: wanted } = runner.inputs;
  if (text === undefined) {
    throw new Fault("input `certificate` is required and was not given, or is empty", {
      advice: "Check the name of the secret. Runs without secrets (forks) need `ad-hoc` or `dry-run`.",
    });
  }
  const identity = await openNamed(text, password ?? "", wanted);
  const { certificate } = identity;
  runner.setOutput("certificate", certificate.commonName ?? certificate.subject);
  runner.setOutput("team-id", certificate.organizationalUnit ?? "");
  runner.setOutput("expires", certificate.notAfter.toISOString());
  const problems = checkIdentity(identity, { teamId, identity: wanted, authorities, now: new Date() });
  for (const problem of problems) runner.problem(problem);
  if (problems.some(({ level }) => level === "error")) {
    runner.summary.verdict("error", "macOS signature: nothing was signed").findings(problems);
    throw new Fault("the certificate cannot be used");
  }
  runner.info(`signing as "${certificate.commonName}", valid until ${certificate.notAfter.toISOString().slice(0, 10)}`);
  return { identity, isForeign: developerIdFault(certificate, identity.chain, authorities) !== undefined };
}

async function openNamed(text: string, password: string, wanted: string | undefined): Promise<SigningIdentity> {
  try {
    return await openIdentity(text, password, wanted);
  } catch (error) {
    if (!(error instanceof P12Error)) throw error;
    const what = error.problem === "wrong-password" ? "`certificate-password`" : "`certificate`";
    const details = error.advice === undefined ? {} : { advice: error.advice };
    throw new Fault(`the input ${what} cannot be used: ${error.message}`, details);
  }
}

async function findFiles({ inputs }: ActionRunner): Promise<FileToSign[]> {
  const products = await findProducts(inputs.path, process.cwd());
  const other = products.find(({ kind }) => kind !== "binary");
  if (other !== undefined) {
    throw new Fault(`${other.path} is a ${other.kind.replace("-", " ")}, not a Mach-O file`, {
      advice: "Sign the programs before they are packed. Bundles, disk images and installers need Apple's codesign.",
    });
  }
  const files = await Promise.all(
    products.map(async ({ path: given }) => {
      const real = await realpath(given);
      return { given, real, work: path.join(path.dirname(real), `.codesign-macos-${process.pid}`) };
    }),
  );
  return files.filter(({ real }, index) => files.findIndex((one) => one.real === real) === index);
}
