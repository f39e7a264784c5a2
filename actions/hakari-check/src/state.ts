export const STATE = "switched-off";

/** The workspace in which the main step switched hakari off; undefined when it did not. */
export function switchedOff(state: unknown): string | undefined {
  return typeof state === "string" && state !== "" ? state : undefined;
}
