export { parseYaml, YamlError, YamlNode } from "@release-actions/yaml";
export type { Call } from "./call.ts";
export {
  ExpressionFault,
  functionOf,
  functionsIn,
  parseExpression,
  partsOf,
  pathOf,
  STATUS_FUNCTIONS,
} from "./expression.ts";
export { type Combination, covers, expandMatrix } from "./matrix.ts";
export { callsOf } from "./script.ts";
export { handedSecrets, hasIdentity, type SecretUsage, secretUsage, type UsedSecret } from "./secrets.ts";
export { changeOptions, type ShellOptions, shellOptions } from "./shell-options.ts";
export { validateWorkflow } from "./validate.ts";
export type { Job, Step, Trigger, Workflow, WorkflowFile } from "./workflow.ts";
export { conditionOf, isStepList, readWorkflow } from "./workflow.ts";
