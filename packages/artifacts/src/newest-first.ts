/**
 * Sorts artifacts or runs, the newest first: by attempt (if the listing contains whether the current attempt created
 * one), then by creation time, then by ID. IDs alone are not enough, since GitHub assigns them out of order
 * (10338854604 was created at 08:38, and 10338734845 at 08:49 of the same day). An entry without a time counts as older
 * than those with one.
 */
export function newestFirst<T extends { readonly id: number; readonly ofThisAttempt?: boolean }>(
  items: readonly T[],
  createdAt: (item: T) => Date | undefined,
): T[] {
  /** Milliseconds since 1970. */
  const timeOf = (item: T): number => createdAt(item)?.getTime() || 0; // An invalid time is NaN.
  return items.toSorted(
    (one, other) =>
      Number(other.ofThisAttempt ?? false) - Number(one.ofThisAttempt ?? false) ||
      timeOf(other) - timeOf(one) ||
      other.id - one.id,
  );
}

/** The time that a listing states as text. */
export function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
