import { RefusedError } from "@release-actions/http";

/** Explains GitHub's answer that there is no such thing; `what` names it. Any other error is passed on. */
export function noSuch(
  what: string,
  repository: string,
  advice: string,
  statuses: readonly number[] = [404],
): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof RefusedError) || cause.status === undefined || !statuses.includes(cause.status)) throw cause;
    const message = `${repository} has no ${what}, or the token cannot see that repository`;
    throw new RefusedError(message, { cause, status: cause.status, advice });
  };
}
