export { CHECKS, type Check, type CheckResult, type HakariServices, runCheck } from "./checks.ts";
export { type HakariWorkspace, readHakari } from "./config.ts";
export { disableHakari, restoreHakari } from "./disable.ts";
export { HakariError } from "./fault.ts";
export { openHakari } from "./open.ts";
export { problemsOf } from "./problems.ts";
export { filesOf, type RepairOptions, repair } from "./repair.ts";
export { Snapshot } from "./snapshot.ts";
export { type DoubleBuild, parseVerifyReport } from "./verify-report.ts";
