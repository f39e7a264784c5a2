export { parseYaml, YamlError, YamlNode } from "@release-actions/yaml";
export type { Call, Discount, ScriptReading } from "./call.ts";
export {
  ExpressionFault,
  functionOf,
  functionsIn,
  parseExpression,
  partsOf,
  pathOf,
  pathsIn,
  STATUS_FUNCTIONS,
} from "./expression.ts";
export { type Combination, covers, expandMatrix } from "./matrix.ts";
export { callsOf } from "./script.ts";
export { handedSecrets, hasIdentity, type SecretUsage, secretUsage, type UsedSecret } from "./secrets.ts";
export { changeOptions, type ShellOptions, shellOptions } from "./shell-options.ts";
export { validateWorkflow } from "./validate.ts";
export { conditionOf, isStepList, type Job, readWorkflow, type Step, type Trigger, type Workflow } from "./workflow.ts";
