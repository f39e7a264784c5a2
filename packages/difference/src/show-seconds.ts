/** A time in seconds since 1970 as a date in UTC, or `otherwise` if the number is not a time. */
export function showSeconds(seconds: number, otherwise = `${seconds} seconds`): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? otherwise : date.toISOString().replace(".000Z", "Z");
}
