export { ancestorsOf } from "./ancestors.ts";
export { type Condition, readCondition } from "./condition.ts";
export { freeValues } from "./free-values.ts";
export { type GateVerdict, type Hole, judgeGate } from "./gate/gate-verdict.ts";
export {
  type Accepts,
  canBeSkipped,
  canBeTrue,
  canHoldAlone,
  canRun,
  canSkipSteps,
  type Verdict,
  type Witness,
} from "./job-verdict.ts";
export { isCallable, Project } from "./project.ts";
export { rootOf } from "./scope.ts";
