import { Fault } from "@release-actions/report";

/** Bytes that violate the format. */
export class MachoError extends Fault {
  override readonly name = "MachoError";

  /** @param offset the offset of the byte in the file */
  constructor(what: string, offset: number) {
    super(`${what} (at byte ${offset})`);
  }
}

/** Reads one part. A failure is returned, so that the other parts can still be read. */
export async function attempt<T>(
  read: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly fault: undefined } | { readonly value: undefined; readonly fault: string }> {
  try {
    return { value: await read(), fault: undefined };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { value: undefined, fault: error.message };
  }
}
