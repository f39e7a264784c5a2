import type { Location } from "./problem.ts";

export interface FaultDetails extends ErrorOptions {
  /** What the reader should do next: one imperative sentence or a few lines. */
  readonly advice?: string;
  /** The file, and the line in it, that the fault is about. */
  readonly location?: Location;
}

/**
 * Something in the user's world that stops the work: a bad input, a broken file, a service that
 * refuses. The message says what happened, on what and what was expected. Every package's errors
 * extend it, so that whoever shows them can tell them from a bug of ours, which has a stack trace.
 */
export class Fault extends Error {
  override readonly name: string = "Fault";
  readonly advice: string | undefined;
  readonly location: Location | undefined;

  constructor(message: string, details: FaultDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.advice = details.advice;
    this.location = details.location;
  }
}
