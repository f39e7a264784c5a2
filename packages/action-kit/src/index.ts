export type { Contract, InputSpec, InputValues, OutputName } from "./contract.ts";
export { InputError } from "./inputs.ts";
export { runAction } from "./run.ts";
export type { Runner } from "./runner.ts";
export { type Cell, escapeMarkdown, Summary } from "./summary.ts";
