import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { archiveUrl, type PinnedTool } from "@release-actions/tools";

type Say = (text: string) => void;

/**
 * Writes the SHA-256 of release archives to pinned-tools.json, for the versions that are pinned there. Entries whose archive
 * cannot be downloaded do not change. A known digest that no longer matches is an error. Returns whether a digest was added.
 */
export async function updateDigests(
  file: string,
  tools: ReadonlyMap<string, PinnedTool>,
  fetcher: typeof fetch,
  say: Say,
): Promise<boolean> {
  const pins: unknown = JSON.parse(readFileSync(file, "utf8"));
  const before = JSON.stringify(pins);
  for (const { name, version, archive } of tools.values()) {
    if (archive === undefined) continue;
    const digests: Record<string, string> = {};
    for (const target of new Set(Object.values(archive.targets))) {
      const key = `${version}/${target}`;
      const known = archive.sha256[key];
      const found = await digestOf(archiveUrl(archive.url, version, target), fetcher, say);
      if (known !== undefined && found !== undefined && found !== known) {
        throw new Error(`${name} ${key} was pinned as ${known} and is now ${found}: the release was changed`);
      }
      const digest = known ?? found;
      if (digest !== undefined) digests[key] = digest;
    }
    setDigests(pins, name, digests);
  }
  if (JSON.stringify(pins) === before) return false;
  writeFileSync(file, `${JSON.stringify(pins, null, 2)}\n`);
  return true;
}

async function digestOf(url: string, fetcher: typeof fetch, say: Say): Promise<string | undefined> {
  try {
    const response = await fetcher(url);
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    const hash = createHash("sha256");
    for await (const chunk of response.body) hash.update(chunk);
    say(`read ${url}`);
    return hash.digest("hex");
  } catch (error) {
    say(`left out ${url}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function setDigests(pins: unknown, name: string, digests: Readonly<Record<string, string>>): void {
  const tool = typeof pins === "object" && pins !== null ? Reflect.get(pins, name) : undefined;
  const archive = typeof tool === "object" && tool !== null ? Reflect.get(tool, "archive") : undefined;
  if (typeof archive === "object" && archive !== null) Reflect.set(archive, "sha256", digests);
}
