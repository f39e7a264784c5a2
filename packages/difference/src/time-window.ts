/** When a build was made, as far as others know it: a range of moments in milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** What is known of when both sides were built. */
export interface TimeWindows {
  readonly left?: TimeWindow | undefined;
  readonly right?: TimeWindow | undefined;
  /** The present, in milliseconds since 1970: no file was built after it. */
  readonly now: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Programs that hold an older date than this were not built then. */
const FIRST_MS = Date.UTC(1980, 0, 1);

/** Whether the moments lie within the two builds' own times: the evidence that a bare number is one. */
export function isNear(left: number, right: number, windows: TimeWindows): boolean {
  const within = (moment: number, window: TimeWindow | undefined): boolean =>
    window !== undefined && moment >= window.from && moment <= window.to;
  return within(left, windows.left) && within(right, windows.right);
}

/** Whether a build can have happened then: not in the future, whatever the time zone, nor later than its own clock. */
export function isPast(moment: number, { now, left, right }: TimeWindows): boolean {
  const latest = Math.max(now, left?.to ?? 0, right?.to ?? 0);
  return moment >= FIRST_MS && moment <= latest + DAY_MS;
}
