export { ambiguities } from "./ambiguity.ts";
export { type Change, lockChanges } from "./changes.ts";
export { type Drift, manifestDrift } from "./drift.ts";
export { computeIdentity, type Identity, identityParts, identityPartsV2 } from "./identity.ts";
export type { EnvironmentLock, Mount, ParsedLock, ResolvedPackage } from "./lock.ts";
export { parseLock } from "./lock.ts";
export { type EnvironmentManifest, parseManifest } from "./manifest.ts";
export { sortedLock, unsortedLists } from "./order.ts";
