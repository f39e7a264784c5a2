export { CAUSE_TITLES, type Cause, type CauseKind } from "./cause.ts";
export type { Excerpt } from "./context.ts";
export { type Explanation, explainDifference } from "./explain.ts";
export type { TimeWindow } from "./time-window.ts";
