import { developerIdFault, type SigningExpectations } from "@release-actions/macho";
import type { Problem } from "@release-actions/report";
import { isIdentity, type SigningIdentity } from "./identity.ts";

/** The requirements that an identity must meet. */
export interface IdentityExpectations extends SigningExpectations {
  /** The common name or a part of it, the team, or the SHA-1 of the certificate. */
  readonly identity?: string | undefined;
  readonly now: Date;
}

const DAY_MS = 86_400_000;
/** Long enough to request a new certificate and to replace the secret. */
const SOON_DAYS = 30;

/** Checks whether an identity can sign. Errors prevent signing, warnings do not. */
export function checkIdentity(identity: SigningIdentity, expected: IdentityExpectations): Problem[] {
  const { certificate, chain, sha1 } = identity;
  const name = certificate.commonName ?? certificate.subject;
  const problems: Problem[] = [];
  const add = (level: Problem["level"], message: string): void =>
    void problems.push({ level, title: "Signing certificate", message });

  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const left = (certificate.notAfter.getTime() - expected.now.getTime()) / DAY_MS;
  if (left < 0)
    add(
      "error",
      `"${name}" expired on ${day(certificate.notAfter)}. Make a new one at developer.apple.com and replace the secret.`,
    );
  else if (left < SOON_DAYS)
    add("warning", `"${name}" expires on ${day(certificate.notAfter)}, in ${Math.floor(left)} days.`);
  if (certificate.notBefore > expected.now)
    add("error", `"${name}" is not valid before ${day(certificate.notBefore)}. Check the clock of the runner.`);

  const wrongKind = describeWrongKind(identity);
  const issuer = wrongKind === undefined ? developerIdFault(certificate, chain, expected.authorities) : undefined;
  if (wrongKind !== undefined) add("error", wrongKind);
  else if (issuer !== undefined) add("warning", `${issuer.message}. Apple does not notarize what it signs.`);
  const team = certificate.organizationalUnit;
  if (expected.teamId !== undefined && team !== expected.teamId) {
    add("error", `"${name}" belongs to the team ${team ?? "(none)"}, expected ${expected.teamId}.`);
  }
  const wanted = expected.identity;
  if (wanted !== undefined && !isIdentity(identity, wanted)) {
    add("error", `the .p12 holds "${name}" (${sha1}), but \`identity\` asks for "${wanted}".`);
  }
  return problems;
}

/** Explains why a certificate is not a Developer ID certificate; undefined if it is one. The issuer is not checked. */
export function describeWrongKind({ certificate, chain }: SigningIdentity): string | undefined {
  const fault = developerIdFault(certificate, chain, "any");
  if (fault === undefined) return undefined;
  return `${fault.message}. Distribution outside the App Store requires a Developer ID Application certificate.`;
}
