import { Fault } from "@release-actions/report";

/** Why a .p12 cannot be opened, as a machine-readable code. */
export type P12Problem = "malformed" | "other-format" | "wrong-password" | "no-key" | "no-certificate";

/** The message never quotes the content of the file, so it may be shown. */
export class P12Error extends Fault {
  override readonly name = "P12Error";
  readonly problem: P12Problem;

  constructor(problem: P12Problem, message: string, details: { readonly advice?: string } = {}) {
    super(message, details);
    this.problem = problem;
  }
}

export const EXPORT_AGAIN =
  "Export the certificate together with its private key as a .p12 (from the expandable entry in Keychain Access) and store its base64 as the secret: `base64 -i certificate.p12`.";

export function malformed(message: string): P12Error {
  return new P12Error("malformed", message, { advice: EXPORT_AGAIN });
}

export function truncated(): P12Error {
  return malformed("it is not a PKCS #12 file, or it is truncated");
}

export function otherFormat(what: string): P12Error {
  return new P12Error("other-format", `it is ${what}: expected a .p12 with certificate and private key`, {
    advice: EXPORT_AGAIN,
  });
}
