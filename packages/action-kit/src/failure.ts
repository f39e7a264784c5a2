import { Fault, type Location } from "@release-actions/report";

/** How an error is shown: a fault as a message with the next step, a bug of this project with its stack. */
export interface Failure {
  readonly message: string;
  readonly location: Location | undefined;
  /** The stack and the causes, for debug logging and for bugs. */
  readonly detail: string;
  readonly isBug: boolean;
}

const MAX_CAUSES = 8;

export function describeFailure(error: unknown): Failure {
  const detail = [error, ...causes(error)].map(stackOf).join("\ncaused by: ");
  if (error instanceof Fault) {
    const reasons = causes(error)
      .map(messageOf)
      .filter((reason) => reason !== "" && !error.message.toLowerCase().includes(reason.toLowerCase()));
    const because = reasons.map((reason) => `  because: ${reason}`);
    const next = error.advice === undefined ? [] : [`Next: ${error.advice}`];
    return { message: [error.message, ...because, ...next].join("\n"), location: error.location, detail, isBug: false };
  }
  const message = `${messageOf(error)}\nThis is a bug in the action: please report it with the stack trace in the log.`;
  return { message, location: undefined, detail, isBug: true };
}

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  let current = error instanceof Error ? error.cause : undefined;
  while (current !== undefined && found.length < MAX_CAUSES) {
    found.push(current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return found;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message || error.name : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
