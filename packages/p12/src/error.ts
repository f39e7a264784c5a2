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
