import type { Finding } from "../finding.ts";
import { readKey } from "./keys.ts";
import { checkExpiry, decodeBase64, type OfflineCheck, problem, type Subject, textOf } from "./kind.ts";

/** A certificate with its private key, as `security export` writes it, in base64. */
export const checkP12: OfflineCheck = async (subject) => {
  const { openP12, P12Error } = await import("@release-actions/p12");
  const bytes = decodeBase64(subject.value);
  if (bytes === undefined)
    return [problem(subject, "malformed", "it is not base64, as `base64 -i certificate.p12` writes it")];
  const { password = "", identity } = subject.expectation.options;
  try {
    const certificate = await openP12(bytes, password === "" ? "" : subject.other(password));
    return [
      ...checkExpiry(subject, "its certificate", certificate.notAfter),
      ...(certificate.notBefore > subject.now ? [problem(subject, "expired", "its certificate is not valid yet")] : []),
      ...(identity === undefined ? [] : checkIdentity(subject, subject.other(identity), certificate)),
    ];
  } catch (error) {
    if (!(error instanceof P12Error)) throw error;
    if (error.problem === "wrong-password")
      return [problem(subject, "wrong-password", `${password} does not open it${edgeNote(subject.other(password))}`)];
    return [problem(subject, "malformed", error.message)];
  }
};

/** `xxxx-xxxx-xxxx-xxxx`, as account.apple.com shows it. */
export const checkAppPassword: OfflineCheck = (subject) => {
  if (/^[a-z]{4}(-[a-z]{4}){3}$/.test(subject.value)) return [];
  return [
    problem(
      subject,
      "malformed",
      "it is not an app-specific password (four times four small letters, with dashes between)",
    ),
  ];
};

/** The .p8 file of an App Store Connect API key: a private key on the P-256 curve, as it is or in base64. */
export const checkApiKey: OfflineCheck = (subject) => {
  const key = readKey(textOf(subject.value));
  if (key?.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return [];
  return [
    problem(subject, "malformed", "it is not an API key of App Store Connect: the text of AuthKey_....p8 is expected"),
  ];
};

interface Named {
  readonly commonName: string;
  readonly team: string | undefined;
  readonly sha1: string;
}

/** An identity as codesign takes it: the name, a part of it, the team, or the SHA-1 of the certificate. */
function checkIdentity(subject: Subject, identity: string, { commonName, team, sha1 }: Named): Finding[] {
  if (identity === "") return []; // Said of the identity itself.
  const isMatch = commonName.includes(identity) || identity === team || identity.toLowerCase() === sha1;
  if (isMatch) return [];
  const { identity: name = "" } = subject.expectation.options;
  return [
    problem(
      subject,
      "wrong-team",
      `${name} names another identity than the certificate, whose team is ${team ?? "none"}`,
    ),
  ];
}

/** White space at the edge of a password that does not open, which is the likely reason. */
function edgeNote(password: string): string {
  return password === password.trim() ? "" : "; it begins or ends with white space";
}
