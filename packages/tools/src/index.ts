export { archiveUrl } from "./archive.ts";
export { githubServices, githubToolCache, type ToolHost } from "./github-services.ts";
export { type InstalledTool, installTool, type ToolRequest } from "./install.ts";
export { PINNED_TOOLS, type PinnedTool, type ReleaseArchive } from "./pinned.ts";
export { type FolderCache, type ToolCache, ToolError, type ToolServices } from "./services.ts";
