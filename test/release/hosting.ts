import { readFileSync, writeFileSync } from "node:fs";
import { zip } from "@release-actions/archive/testing";
import { FileTree } from "@release-actions/example-product";
import type { GitHub } from "../stand-in/github.ts";
import type { Repository, Run } from "../stand-in/model.ts";
import { runPublishedArtifactClient } from "../stand-in/published/run.ts";
import type { WidgetRelease } from "./widget.ts";

/** Tags a commit, as the person who releases does. */
export function pushTag(github: GitHub, repository: Repository, tag: string, sha?: string): string {
  return github.addCommit(repository, { ref: `refs/tags/${tag}`, ...(sha === undefined ? {} : { sha }) }).sha;
}

/**
 * The run of cargo-dist's workflow for a pushed tag, with the artifacts of its jobs under the names that it uses.
 *
 * @param sha the tagged commit. Default: a new commit.
 * @param upload stores the artifacts. `storeArtifact` needs only milliseconds.
 */
export async function hostRun(
  github: GitHub,
  repository: Repository,
  release: WidgetRelease,
  sha?: string,
  upload: typeof uploadArtifact = uploadArtifact,
): Promise<Run> {
  const headSha = pushTag(github, repository, release.tag, sha);
  const run = github.addRun({
    repository: repository.fullName,
    workflow: "release.yml",
    headSha,
    headBranch: `refs/tags/${release.tag}`,
  });
  const isLocal = (name: string): boolean =>
    /^(?!source\.).*\.(tar\.\w+|zip|msi|pkg)(\.sha\d+)?$|^(x86_64|aarch64).*-dist-manifest\.json$/.test(name);
  const global = [...release.files].filter(([name]) => !isLocal(name));
  const local = [...release.files].filter(([name]) => isLocal(name));
  await upload(github, run, "artifacts-plan-dist-manifest", [["plan-dist-manifest.json", release.plan]]);
  await upload(github, run, "artifacts-build-local-all", local);
  await upload(github, run, "artifacts-build-global", global);
  await upload(github, run, "artifacts-dist-manifest", [["dist-manifest.json", release.host]]);
  return run;
}

/** Stores files as one zip, where an upload would have stored them. */
export async function storeArtifact(...[github, run, name, files]: Parameters<typeof uploadArtifact>): Promise<void> {
  const entries = files.map(([file, content]) => ({ name: file, data: content }));
  await github.addArtifact(run, { name, content: zip(entries) });
}

/** Uploads files with GitHub's published client, as upload-artifact does. */
export async function uploadArtifact(
  github: GitHub,
  run: Run,
  name: string,
  files: readonly (readonly [string, Buffer | string])[],
): Promise<void> {
  using root = new FileTree();
  for (const [file, content] of files) writeFileSync(root.path(file), content);
  const request = { do: "upload", name, root: root.root, files: files.map(([file]) => root.path(file)) } as const;
  const { exitCode, log } = await runPublishedArtifactClient(
    { ...request, files: [...request.files] },
    { env: { ...github.env(run), GITHUB_WORKSPACE: root.root } },
  );
  if (exitCode !== 0) throw new Error(log);
}

/** `gh release create` of cargo-dist's host job: a release with its notes and all files but the granular manifests. */
export async function createRelease(github: GitHub, repository: Repository, release: WidgetRelease): Promise<void> {
  const token = github.token(repository, { contents: "write" });
  const manifest: { announcement_github_body: string; announcement_is_prerelease: boolean } = JSON.parse(release.host);
  const files = new Map([...release.files].filter(([name]) => !name.endsWith("-dist-manifest.json")));
  files.set("dist-manifest.json", Buffer.from(release.host));
  await createPlainRelease(github, repository, token, release.tag, files, {
    body: manifest.announcement_github_body,
    prerelease: manifest.announcement_is_prerelease,
  });
}

/** A release with these files, by the calls that `gh` makes. */
export async function createPlainRelease(
  github: GitHub,
  repository: Repository,
  token: string,
  tag: string,
  files: ReadonlyMap<string, Buffer>,
  fields: { readonly body?: string; readonly prerelease?: boolean } = {},
): Promise<void> {
  const authorization = `Bearer ${token}`;
  const releases = `repos/${repository.fullName}/releases`;
  // `gh` also attaches the files to a draft, because an immutable release does not accept files.
  const body = JSON.stringify({ tag_name: tag, ...fields, draft: true });
  const created = await fetch(`${github.origin}/${releases}`, { method: "POST", headers: { authorization }, body });
  if (created.status !== 201) throw new Error(`${tag}: ${created.status} ${await created.text()}`);
  const { id }: { id: number } = JSON.parse(await created.text());
  for (const [name, content] of files) {
    const url = `${github.origin}/uploads/${releases}/${id}/assets?name=${encodeURIComponent(name)}`;
    const headers = { authorization, "content-type": "application/octet-stream" };
    const uploaded = await fetch(url, { method: "POST", headers, body: new Uint8Array(content) });
    if (uploaded.status !== 201) throw new Error(`${name}: ${uploaded.status} ${await uploaded.text()}`);
  }
  const publish = { method: "PATCH", headers: { authorization }, body: JSON.stringify({ draft: false }) };
  const published = await fetch(`${github.origin}/${releases}/${id}`, publish);
  if (published.status !== 200) throw new Error(`${tag}: ${published.status} ${await published.text()}`);
}

/** Reads one file of an artifact with GitHub's published client. */
export async function readArtifact(github: GitHub, run: Run, name: string, file: string): Promise<Buffer> {
  using root = new FileTree();
  const request = { do: "download", id: github.artifact(run, name).id, options: { path: root.root } } as const;
  const { exitCode, log } = await runPublishedArtifactClient(request, {
    env: { ...github.env(run), GITHUB_WORKSPACE: root.root },
  });
  if (exitCode !== 0) throw new Error(log);
  return readFileSync(root.path(file));
}
