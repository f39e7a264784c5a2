export const STATE = "switched-off";

/** The workspace that main switched hakari off in, for the post step; nothing when it did not. */
export function switchedOff(state: unknown): string | undefined {
  return typeof state === "string" && state !== "" ? state : undefined;
}
