export type { Contract, InputSpec, InputValues, OutputName } from "./contract.ts";
export { InputError } from "./inputs.ts";
export { type PublishedRow, type PublishState, writePublished } from "./published.ts";
export { runAction } from "./run.ts";
export type { Runner } from "./runner.ts";
export { type Cell, escapeMarkdown, fenced, MARKS, type Mark, Summary } from "./summary.ts";
export { withoutWorkspace, workspaceFolder } from "./workspace.ts";
