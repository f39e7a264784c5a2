import { Fault } from "@release-actions/report";

/** Apple's service, or the way to it, refuses or fails. */
export class NotaryError extends Fault {
  override readonly name: string = "NotaryError";
}

/** An answer whose status is not one of success. */
export class NotaryHttpError extends NotaryError {
  override readonly name = "NotaryHttpError";
  readonly status: number;

  constructor(status: number, message: string, details: { readonly advice?: string | undefined } = {}) {
    super(message, details.advice === undefined ? {} : { advice: details.advice });
    this.status = status;
  }
}

/** Time is up while Apple still works on it; the ids are good for a later run. */
export class NotaryTimeout extends NotaryError {
  override readonly name = "NotaryTimeout";
}
