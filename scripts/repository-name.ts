import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * The repository's `owner/name`, from `repository` in package.json, which documentation, workflows and publishing share.
 *
 * @throws Error when it does not have that form
 */
export function repositoryIn(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const named = typeof manifest === "object" && manifest !== null && "repository" in manifest;
  const repository = named ? manifest.repository : undefined;
  if (typeof repository === "string" && /^[\w.-]+\/[\w.-]+$/.test(repository)) return repository;
  throw new Error('package.json: "repository" must be "owner/name"');
}
