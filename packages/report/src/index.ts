export { Fault, type FaultDetails } from "./fault.ts";
export type { Level, Location, Problem } from "./problem.ts";
export { type Progress, type Reporter, silentReporter } from "./reporter.ts";
export { countOf, formatBytes, formatDuration } from "./units.ts";
