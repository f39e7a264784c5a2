import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { repositoryIn } from "../repository-name.ts";

/** The only file that names teams of the owner (`@owner/team`). */
const OWNERS = ".github/CODEOWNERS";

/**
 * Rewrites `owner/name` in every text file that git tracks. Longer names that contain it (`org/actions-old`,
 * `my.org/actions`) are not changed. Returns the files that changed.
 *
 * @param from the name that is in the files now; by default the one in package.json
 */
export async function renameRepository(root: string, to: string, from = repositoryIn(root)): Promise<string[]> {
  const name = new RegExp(`(?<![\\w.-])${from.replaceAll(".", "\\.")}(?![\\w-]|\\.[\\w])`, "g");
  const { stdout } = await runCommand("git", ["ls-files", "-z"], { cwd: root });
  const changed: string[] = [];
  for (const file of stdout.split("\0").filter(Boolean)) {
    const place = path.join(root, file);
    if (!lstatSync(place).isFile()) continue;
    const bytes = readFileSync(place);
    if (bytes.includes(0)) continue;
    const text = bytes.toString("utf8");
    const renamed =
      file === OWNERS ? text.replaceAll(`@${ownerOf(from)}/`, `@${ownerOf(to)}/`) : text.replace(name, to);
    if (renamed === text) continue;
    writeFileSync(place, renamed);
    changed.push(file);
  }
  return changed;
}

function ownerOf(repository: string): string {
  return repository.split("/")[0] ?? repository;
}
