export { archiveUrl, sha256Of } from "./archive.ts";
export { githubFolderCache, githubToolCache, isTagRun } from "./caches.ts";
export { ToolError } from "./fault.ts";
export { githubServices, type ToolHost } from "./github-services.ts";
export { type InstalledTool, installTool, type ToolRequest, toolFolder } from "./install.ts";
export { PINNED_TOOLS, type PinnedTool, type ReleaseArchive } from "./pinned.ts";
export type { FolderCache, ToolCache, ToolServices } from "./services.ts";
