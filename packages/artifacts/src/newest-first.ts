/** What tells the age of an artifact or a run. */
interface Dated {
  readonly id: number;
  readonly createdAt: Date | undefined;
  /** Whether the attempt of the run that asks made it; where a listing tells. */
  readonly ofThisAttempt?: boolean;
}

/**
 * Sorts the newest first: by attempt, then by the time of creation, then by id. Ids alone do not tell: GitHub gives
 * them out of order (10338854604 was made at 08:38, 10338734845 at 08:49 of the same day). One without a time counts
 * as older than those with one.
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
