import type { Location } from "./problem.ts";

/** The optional parts of a fault. */
export interface FaultDetails extends ErrorOptions {
  /** What the reader should do next: one imperative sentence or a few lines. */
  readonly advice?: string | undefined;
  /** The file, and the line in it, that the fault is about. */
  readonly location?: Location | undefined;
}

/**
 * An error whose cause is outside the program: a bad input, a broken file, a service that refuses. The message says
 * what happened, to what, and what was expected. The errors of all packages extend this class, so that the code that
 * shows errors can tell them from bugs, which are shown with a stack trace.
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
