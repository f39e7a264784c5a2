export { archiveUrl, sha256Of } from "./archive.ts";
export { githubFolderCache, githubToolCache, isTagRun } from "./caches.ts";
export { ToolError } from "./fault.ts";
export {
  type FolderCache,
  type InstalledTool,
  installTool,
  type ToolCache,
  type ToolRequest,
  type ToolServices,
} from "./install.ts";
export { PINNED_TOOLS, type PinnedTool, type ReleaseArchive } from "./pinned.ts";
