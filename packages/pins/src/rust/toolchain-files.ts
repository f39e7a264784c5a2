import path from "node:path";
import { parseToolchainFile } from "@release-actions/cargo";
import { entryOf, tableOf } from "@release-actions/toml";
import type { Site } from "../fact.ts";
import { regexSites, tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { parseRelease, type Release } from "./release.ts";

/** The toolchain that a file pins for its folder and all folders below. */
export interface PinnedToolchain {
  readonly folder: string;
  readonly site: Site;
  /** Undefined for a custom toolchain. */
  readonly release: Release | undefined;
}

const FILES = /(^|\/)rust-toolchain(\.toml)?$/;

/** Every toolchain file. If a folder has two, the one that rustup reads comes first (rustup book, "The toolchain file"). */
export function toolchainFiles(repository: Repository): PinnedToolchain[] {
  return repository.readable(FILES, (file): PinnedToolchain[] => {
    const site = channelSite(repository, file);
    return site === undefined ? [] : [{ folder: path.posix.dirname(file), site, release: parseRelease(site.value) }];
  });
}

/** The toolchain file that applies in a folder. */
export function toolchainFor(folder: string, files: readonly PinnedToolchain[]): PinnedToolchain | undefined {
  for (let each = path.posix.normalize(folder); ; each = path.posix.dirname(each)) {
    const found = files.find((file) => file.folder === each);
    if (found !== undefined || each === "." || each === "/") return found;
  }
}

function channelSite(repository: Repository, file: string): Site | undefined {
  const channel = parseToolchainFile(repository.text(file), file);
  if (channel === undefined) return undefined;
  // A file in the old format contains only the channel, which is not valid TOML.
  const bare = file.endsWith(".toml") ? undefined : regexSites(repository, file, /^([\w.-]+)\s*$/)[0];
  if (bare?.value === channel.channel) return bare;
  const document = repository.toml(file);
  const node = entryOf(tableOf(document.root, "toolchain"), "channel");
  return node === undefined ? undefined : tomlSite(document, node);
}
