export { type Decision, decideChannel, leftOutByRules, ociTag } from "./decide.ts";
export {
  type Channel,
  type ChannelRule,
  DEFAULT_RULES,
  type FormulaRule,
  parseRules,
  type Rules,
  RulesError,
  requireDistTag,
} from "./rules.ts";
export { parseTag, previousTag, type VersionTag, versionsOfFamily } from "./tag.ts";
export { compareVersions, lineOf, parseVersion, type Version, VersionError } from "./version.ts";
