import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * `owner/name`, the one setting that documentation, workflows and publishing share: `repository` in package.json.
 *
 * @throws Error when it is not of that form
 */
export function repositoryIn(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const named = typeof manifest === "object" && manifest !== null && "repository" in manifest;
  const repository = named ? manifest.repository : undefined;
  if (typeof repository === "string" && /^[\w.-]+\/[\w.-]+$/.test(repository)) return repository;
  throw new Error('package.json: "repository" must be "owner/name"');
}
