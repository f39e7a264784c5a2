export { type Decision, decideChannel, leftOutByRules, ociTag } from "./decide.ts";
export { type Channel, DEFAULT_RULES, parseRules, type Rules, requireDistTag } from "./rules.ts";
export { parseTag, previousTag, versionsOfFamily } from "./tag.ts";
export { compareVersions, lineOf, parseVersion, tryParseVersion, type Version, VersionError } from "./version.ts";
