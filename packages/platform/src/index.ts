export {
  canRun,
  formatPlatform,
  isSamePlatform,
  isUnknownPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
} from "./platform.ts";
