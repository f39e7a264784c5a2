import { Fault } from "@release-actions/report";

/** A .p12 that cannot be opened, or that is not what signing needs. Never quotes the file or the password. */
export class SigningIdentityError extends Fault {
  override readonly name = "SigningIdentityError";
}
