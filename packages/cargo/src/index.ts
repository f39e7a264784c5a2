export { type Cfg, matchesCfg, parseCfgLines } from "./cfg.ts";
export { type CargoConfig, type ConfigOptions, loadConfig, readConfigFile } from "./config-files.ts";
export { configEnvironment } from "./env-table.ts";
export { CargoError } from "./fault.ts";
export { groupFlags, type RustFlag } from "./flag.ts";
export { type LockedPackage, type LockFile, parseLock } from "./lock.ts";
export { type Profile, type ProfileKey, type ProfileQuestion, resolveProfile } from "./profile.ts";
export { printCfg, queryRustc, type Rustc, type RustcQuestion } from "./rustc.ts";
export {
  type FlagArgument,
  type FlagOrigin,
  type FlagQuestion,
  type FlagSource,
  type ResolvedFlags,
  resolveRustflags,
} from "./rustflags.ts";
export { findToolchainFile, parseToolchainFile, type ToolchainFile } from "./toolchain.ts";
export { type Crate, packageField, readWorkspace, type Workspace } from "./workspace.ts";
