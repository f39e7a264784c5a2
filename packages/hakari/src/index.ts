export { CHECKS, type Check, type HakariServices, runCheck } from "./checks.ts";
export { type HakariWorkspace, readHakari } from "./config.ts";
export { disableHakari, restoreHakari } from "./disable.ts";
export { HakariError } from "./fault.ts";
export { changesFormatOnly } from "./formatting.ts";
export { openHakari } from "./open.ts";
export { FIX_ADVICE, problemsOf } from "./problems.ts";
export { filesOf, repair } from "./repair.ts";
export { Snapshot, temporaryFolder } from "./snapshot.ts";
