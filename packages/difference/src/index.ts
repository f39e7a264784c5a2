export { type ByteMap, type Cluster, mapBytes } from "./byte-map.ts";
export { CAUSE_KINDS, CAUSE_TITLES, type Cause, type CauseKind } from "./cause.ts";
export type { Excerpt, Part } from "./context.ts";
export { type ExplainOptions, type Explanation, explainDifference } from "./explain.ts";
export type { TextPair } from "./text-pair.ts";
export type { TextRun } from "./text-runs.ts";
export { compareTexts, type TextDifference } from "./texts.ts";
export type { TimeWindow, TimeWindows } from "./time-window.ts";
