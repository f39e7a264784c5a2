export { parseYaml, YamlError, YamlNode } from "@release-actions/yaml";
export { type Combination, covers, expandMatrix } from "./matrix.ts";
export { type Reach, reachOf, runsAfterFailure } from "./reach.ts";
export type { Scenario } from "./scenario.ts";
export { type Call, callsOf, type Discount, type ScriptReading } from "./script.ts";
export { inheritsSecrets, secretsOf, type UsedSecret } from "./secrets.ts";
export { ExpressionFault, parseExpression, termsOf } from "./terms.ts";
export { validateWorkflow } from "./validate.ts";
export { conditionOf, isStepList, type Job, readWorkflow, type Step, type Trigger, type Workflow } from "./workflow.ts";
