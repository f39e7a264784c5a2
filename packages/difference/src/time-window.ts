/** The known range of a build's time, in milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** What is known about the build times of both sides. */
export interface TimeWindows {
  readonly left?: TimeWindow | undefined;
  readonly right?: TimeWindow | undefined;
  /** The current time in milliseconds since 1970; no file was built after it. */
  readonly now: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** An older date in a program is not its build time. */
const FIRST_MS = Date.UTC(1980, 0, 1);

/** Whether both times are within the build times of their sides, which is the evidence that a plain number is a time. */
export function isNear(left: number, right: number, windows: TimeWindows): boolean {
  const within = (moment: number, window: TimeWindow | undefined): boolean =>
    window !== undefined && moment >= window.from && moment <= window.to;
  return within(left, windows.left) && within(right, windows.right);
}

/** Whether both times are those of the builds, and neither is older or newer than any build. */
export function areBuildTimes(left: number, right: number, windows: TimeWindows): boolean {
  return isNear(left, right, windows) && isPast(left, windows) && isPast(right, windows);
}

/**
 * Whether a build can have happened at this time: not before 1980, and at most a day (for time zones) after the latest
 * of the present and the known build times.
 */
export function isPast(moment: number, { now, left, right }: TimeWindows): boolean {
  const latest = Math.max(now, left?.to ?? 0, right?.to ?? 0);
  return moment >= FIRST_MS && moment <= latest + DAY_MS;
}
