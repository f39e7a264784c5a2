import type { CommandRunner } from "@release-actions/command";
import { Fault, type Reporter } from "@release-actions/report";
import type { PinnedTool } from "./pinned.ts";

/** Thrown when a tool is not available, or has the wrong version or digest. */
export class ToolError extends Fault {
  override readonly name = "ToolError";
}

/** What to install, and the folder to install it in: the program goes to `<folder>/bin`. */
export interface Installation {
  readonly pin: PinnedTool;
  readonly version: string;
  readonly folder: string;
}

/** A cache of tools on this machine, like `@actions/tool-cache`. */
export interface ToolCache {
  find(name: string, version: string): Promise<string | undefined>;
  /** Copies a folder into the cache and returns its new path. */
  store(folder: string, name: string, version: string): Promise<string>;
  download(url: string, file: string): Promise<void>;
}

/** A cache that keeps a folder between jobs, like `@actions/cache`. */
export interface FolderCache {
  restore(folder: string, key: string): Promise<boolean>;
  save(folder: string, key: string): Promise<void>;
}

/** The services that the caller must provide for installing a tool. */
export interface ToolServices {
  readonly run: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  readonly toolCache: ToolCache;
  /** Undefined in the run of a tag, because content that other runs cached must not get into a release. */
  readonly folderCache: FolderCache | undefined;
  /** A working folder below the home folder. */
  readonly workFolder: string;
  /** The platform, such as `linux-x64` or `darwin-arm64`. */
  readonly platform: string;
  /** The pinned tools; by default those of this package. */
  readonly pins?: ReadonlyMap<string, PinnedTool>;
}
