import path from "node:path";
import type { Runner } from "@release-actions/action-kit";
import { findProducts, type Product } from "@release-actions/macos-product";
import { Fault } from "@release-actions/report";
import { checkIdentity, openIdentity, type SigningIdentity } from "@release-actions/signing-identity";
import type { contract } from "./action.gen.ts";
import { type SignedFile, signChecked } from "./sign-checked.ts";
import { codesignSigner, keychainPath, rcodesignSigner } from "./signer.ts";
import { saveLeftovers } from "./state.ts";

type Run = Runner<typeof contract>;

/** Opens the certificate, signs every file, and tells. Everything is checked before anything is changed. */
export async function signFiles(runner: Run): Promise<void> {
  const { inputs } = runner;
  const identity = await openChecked(runner);
  const products = await findProducts(inputs.path, process.cwd());
  requireBinaries(products);

  const folder = await runner.tempFolder("identity");
  const works = products.map((product) => path.join(path.dirname(product.path), `.codesign-macos-${process.pid}`));
  const isApples = inputs.backend === "codesign" || (inputs.backend === "auto" && process.platform === "darwin");
  saveLeftovers(runner, {
    keychain: isApples ? keychainPath(folder) : undefined,
    folders: [folder, ...new Set(works)],
  });
  const sign = await (isApples ? codesignSigner : rcodesignSigner)(runner, identity, folder);

  const teamId = identity.certificate.organizationalUnit;
  const signed: SignedFile[] = [];
  for (const [index, product] of products.entries()) {
    const work = works[index] ?? folder;
    signed.push(...(await signChecked(runner, product.path, { work, sign, teamId })));
    runner.info(`${product.path}: signed`);
  }
  runner.setOutput("files", signed);
  runner.summary.heading("Signed for macOS");
  runner.summary.table(
    ["file", "architecture", "identifier", "code hash"],
    signed.map(({ file, architecture, identifier, cdhash }) => [
      `\`${file}\``,
      architecture,
      identifier,
      `\`${cdhash}\``,
    ]),
  );
}

async function openChecked(runner: Run): Promise<SigningIdentity> {
  const { certificate: base64, "certificate-password": password, "team-id": teamId, identity: wanted } = runner.inputs;
  const identity = await openIdentity(base64, password);
  const { certificate } = identity;
  runner.setOutput("certificate", certificate.commonName ?? certificate.subject);
  runner.setOutput("team-id", certificate.organizationalUnit ?? "");
  runner.setOutput("expires", certificate.notAfter.toISOString());
  const problems = checkIdentity(identity, { teamId, identity: wanted, now: new Date() });
  for (const problem of problems) runner.problem(problem);
  if (problems.some(({ level }) => level === "error")) {
    throw new Fault("nothing was signed: the certificate will not do, see above");
  }
  runner.info(`signing as "${certificate.commonName}", valid until ${certificate.notAfter.toISOString().slice(0, 10)}`);
  return identity;
}

function requireBinaries(products: readonly Product[]): void {
  const other = products.find(({ kind }) => kind !== "binary");
  if (other === undefined) return;
  throw new Fault(`${other.path} is a ${other.kind}, not a Mach-O file`, {
    advice: "Sign the programs before they are packed.",
  });
}
