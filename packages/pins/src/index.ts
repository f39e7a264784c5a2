export { type CheckOptions, type CheckResult, checkPins, type ImageInspector } from "./check.ts";
export { type Fact, PinsError, placeOf, type Relation, type RelationKind, type Site } from "./fact.ts";
export { describeRepair, type FixResult, planFix, writeFix } from "./fix.ts";
export { type ImageName, parseImage } from "./image.ts";
export { type History, NO_HISTORY, openHistory } from "./locate/history.ts";
export { Repository } from "./locate/repository.ts";
export { askRegistries, type ImageRegistries } from "./registry.ts";
export type { Finding } from "./relation.ts";
