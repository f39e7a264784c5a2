/** The fields that determine the age of an artifact or a run. */
interface Dated {
  readonly id: number;
  readonly createdAt: Date | undefined;
  /** Whether the current attempt of the run created it, if the listing contains that. */
  readonly ofThisAttempt?: boolean;
}

/**
 * Sorts the newest first: by attempt, then by creation time, then by ID. IDs alone are not enough, since GitHub assigns
 * them out of order (10338854604 was created at 08:38, and 10338734845 at 08:49 of the same day). An entry without a
 * time counts as older than those with one.
 */
export function newestFirst(one: Dated, other: Dated): number {
  return (
    Number(other.ofThisAttempt ?? false) - Number(one.ofThisAttempt ?? false) ||
    timeOf(other) - timeOf(one) ||
    other.id - one.id
  );
}

/** Milliseconds since 1970. */
function timeOf({ createdAt }: Dated): number {
  const time = createdAt?.getTime() ?? Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}
