/** RFC 3339 with whole seconds, as GitHub writes times. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
