import { Fault } from "@release-actions/report";

/** Thrown for a .p12 that cannot be used for signing. The message never quotes the file or the password. */
export class SigningIdentityError extends Fault {
  override readonly name = "SigningIdentityError";
}
