import { checkExpiry, type OfflineCheck, problem } from "./kind.ts";

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
    const isOther = wanted !== "" && !isIdentity(identity, wanted);
    return [
      ...(wrongKind === undefined ? [] : [problem(subject, "malformed", wrongKind)]),
      ...checkExpiry(subject, "its certificate", certificate.notAfter),
      ...(certificate.notBefore > subject.now ? [problem(subject, "expired", "its certificate is not valid yet")] : []),
      ...(isOther
        ? [
            problem(
              subject,
              "wrong-team",
              `${identityName} names another identity than the certificate, whose team is ${team}`,
            ),
          ]
        : []),
    ];
  } catch (error) {
    if (error instanceof SigningIdentityError) return [problem(subject, "malformed", error.message)];
    if (!(error instanceof P12Error)) throw error;
    if (error.problem === "wrong-password")
      return [problem(subject, "wrong-password", wrongPassword(password, subject.other(password)))];
    return [problem(subject, "malformed", error.message)];
  }
};

/** Checks an app-specific password: `xxxx-xxxx-xxxx-xxxx`, as account.apple.com shows it. */
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

/** Checks the .p8 file of an App Store Connect API key (a private key on the P-256 curve), as notarize-macos does. */
export const checkApiKey: OfflineCheck = async (subject) => {
  const { AppStoreKeyError, readAppStoreKey } = await import("@release-actions/app-store-key");
  try {
    readAppStoreKey(subject.value);
    return [];
  } catch (error) {
    if (!(error instanceof AppStoreKeyError)) throw error;
    const what = "it is not an API key of App Store Connect: expected the text of AuthKey_....p8";
    return [problem(subject, "malformed", what)];
  }
};

function wrongPassword(name: string, value: string): string {
  if (name === "") return "it is protected by a password: name the secret that has it, as `password=NAME`";
  return `${name} does not open it${edgeNote(value)}`;
}

/** Names the likely reason when a password does not open the file: white space at its start or end. */
function edgeNote(password: string): string {
  return password === password.trim() ? "" : "; it begins or ends with white space";
}
