export { type CheckResult, checkPins } from "./check.ts";
export { PinsError, placeOf, type Site } from "./fact.ts";
export { describeRepair, planFix, writeFix } from "./fix.ts";
export { NO_HISTORY, openHistory } from "./locate/history.ts";
export { Repository } from "./locate/repository.ts";
export { askRegistries } from "./registry.ts";
export type { Finding } from "./relation.ts";
