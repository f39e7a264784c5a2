import { Fault } from "@release-actions/report";

/** Apple's service, or the connection to it, refuses a request or fails. */
export class NotaryError extends Fault {
  override readonly name: string = "NotaryError";
}

/** An answer with an error status. */
export class NotaryHttpError extends NotaryError {
  override readonly name = "NotaryHttpError";
  readonly status: number;

  constructor(status: number, message: string, advice?: string) {
    super(message, advice === undefined ? {} : { advice });
    this.status = status;
  }
}

/** The deadline passed while Apple was still working. A later run can resume the submissions by their ids. */
export class NotaryTimeout extends NotaryError {
  override readonly name = "NotaryTimeout";
}
