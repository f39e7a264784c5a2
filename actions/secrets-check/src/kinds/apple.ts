import { checkExpiry, formOf, malformed, type OfflineCheck, problem } from "./kind.ts";

/** Checks a Developer ID certificate with its private key, with the same code as codesign-macos. */
export const checkP12: OfflineCheck = async (subject) => {
  const [{ describeWrongKind, isIdentity, openIdentity, SigningIdentityError }, { P12Error }] = await Promise.all([
    import("@release-actions/signing-identity"),
    import("@release-actions/p12"),
  ]);
  const { password = "", identity: identityName } = subject.expectation.options;
  const wanted = identityName === undefined ? "" : subject.other(identityName);
  try {
    const secret = password === "" ? "" : subject.other(password);
    const identity = await openIdentity(subject.value, secret, wanted === "" ? undefined : wanted);
    const { certificate } = identity;
    const wrongKind = describeWrongKind(identity);
    const team = certificate.organizationalUnit ?? "none";
    const other = `${identityName} names another identity than the certificate, whose team is ${team}`;
    return [
      ...(wrongKind === undefined ? [] : malformed(subject, wrongKind)),
      ...checkExpiry(subject, "its certificate", certificate.notAfter),
      ...(certificate.notBefore > subject.now ? problem(subject, "expired", "its certificate is not valid yet") : []),
      ...(wanted === "" || isIdentity(identity, wanted) ? [] : problem(subject, "wrong-team", other)),
    ];
  } catch (error) {
    if (error instanceof P12Error && error.problem === "wrong-password")
      return problem(subject, "wrong-password", wrongPassword(password, subject.other(password)));
    if (!(error instanceof P12Error || error instanceof SigningIdentityError)) throw error;
    return malformed(subject, error.message);
  }
};

/** Checks an app-specific password: `xxxx-xxxx-xxxx-xxxx`, as account.apple.com shows it. */
export const checkAppPassword = formOf(
  /^[a-z]{4}(-[a-z]{4}){3}$/,
  "it is not an app-specific password (four times four small letters, with dashes between)",
);

/** Checks the .p8 file of an App Store Connect API key (a private key on the P-256 curve), as notarize-macos does. */
export const checkApiKey: OfflineCheck = async (subject) => {
  const { AppStoreKeyError, readAppStoreKey } = await import("@release-actions/app-store-key");
  try {
    readAppStoreKey(subject.value);
    return [];
  } catch (error) {
    if (!(error instanceof AppStoreKeyError)) throw error;
    return malformed(subject, "it is not an API key of App Store Connect: expected the text of AuthKey_....p8");
  }
};

/** Why a password does not open a file; the likely reason is white space at its start or end. */
function wrongPassword(name: string, value: string): string {
  if (name === "") return "it is protected by a password: name the secret that has it, as `password=NAME`";
  return `${name} does not open it${value === value.trim() ? "" : "; it begins or ends with white space"}`;
}
