import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import type { PinnedTool } from "./pinned.ts";

/** Folders of tools on this machine, as `@actions/tool-cache` keeps them. */
export interface ToolCache {
  find(name: string, version: string): Promise<string | undefined>;
  /** Copies a folder in; returns where it is now. */
  store(folder: string, name: string, version: string): Promise<string>;
  download(url: string, file: string): Promise<void>;
}

/** A folder kept between jobs, as `@actions/cache` does. */
export interface FolderCache {
  restore(folder: string, key: string): Promise<boolean>;
  save(folder: string, key: string): Promise<void>;
}

export interface ToolServices {
  readonly run: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  readonly toolCache: ToolCache;
  /** Nothing in the run of a tag: what other runs put there must not get into a release. */
  readonly folderCache: FolderCache | undefined;
  /** A folder to work in, below the home folder: see `toolFolder`. */
  readonly workFolder: string;
  /** `linux-x64`, `darwin-arm64`, ... */
  readonly platform: string;
  /** Default is the one that comes with the package. */
  readonly pins?: ReadonlyMap<string, PinnedTool>;
}
