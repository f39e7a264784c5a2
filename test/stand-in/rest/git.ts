import { createHash } from "node:crypto";
import { Refusal, type Request, type Routes } from "../http.ts";
import type { Commit, Repository } from "../model.ts";
import type { World } from "../world.ts";
import { repositoryJson } from "./actions.ts";
import { authorize, notFound, unprocessable } from "./authorize.ts";
import { readFields } from "./fields.ts";
import { paginate } from "./paginate.ts";

const BASE = "/repos/:owner/:repo";

/** The repository itself, its commits, refs, tags and files: docs.github.com/rest/git and /rest/repos. */
export function gitRoutes(world: World): Routes {
  const read = (request: Request): Repository => authorize(world, request, "contents", "read");
  const write = (request: Request): Repository => authorize(world, request, "contents", "write");
  return {
    [`GET ${BASE}`]: (request) => ({ status: 200, body: repositoryJson(read(request)) }),
    [`GET ${BASE}/commits/:ref`]: (request) => {
      const commit = resolveCommit(read(request), request.params["ref"] ?? "");
      return { status: 200, body: { sha: commit.sha, commit: { message: commit.message }, parents: parents(commit) } };
    },
    [`GET ${BASE}/git/commits/:sha`]: (request) => {
      const commit = read(request).commits.get(request.params["sha"] ?? "");
      if (commit === undefined) throw notFound();
      return { status: 200, body: { sha: commit.sha, message: commit.message, parents: parents(commit) } };
    },
    [`GET ${BASE}/git/ref/*ref`]: (request) => {
      const repository = read(request);
      return { status: 200, body: refJson(repository, existingRef(repository, request)) };
    },
    [`GET ${BASE}/git/matching-refs/*ref`]: (request) => {
      const repository = read(request);
      const names = [...repository.refs.keys()].filter((name) => name.startsWith(`refs/${request.params["ref"]}`));
      return { status: 200, body: names.sort().map((name) => refJson(repository, name)) };
    },
    [`POST ${BASE}/git/refs`]: (request) => {
      const repository = write(request);
      const fields = readFields(request.body);
      const [ref, sha] = [fields.required("ref"), fields.required("sha")];
      if (!/^refs\/[^/]+\/.+/.test(ref)) throw new Refusal(422, { message: "Reference name is not valid" });
      if (repository.refs.has(ref)) throw new Refusal(422, { message: "Reference already exists" });
      setRef(repository, ref, sha);
      return { status: 201, body: refJson(repository, ref) };
    },
    [`PATCH ${BASE}/git/refs/*ref`]: (request) => {
      const repository = write(request);
      const ref = existingRef(repository, request);
      const fields = readFields(request.body);
      const sha = fields.required("sha");
      const isTag = ref.startsWith("refs/tags/");
      if (fields.boolean("force") !== true && !(isForward(repository, ref, sha) && !isTag)) {
        throw new Refusal(422, { message: "Update is not a fast forward" });
      }
      setRef(repository, ref, sha);
      return { status: 200, body: refJson(repository, ref) };
    },
    [`DELETE ${BASE}/git/refs/*ref`]: (request) => {
      const repository = write(request);
      const ref = existingRef(repository, request);
      refuseLockedTag(repository, ref);
      repository.refs.delete(ref);
      return { status: 204 };
    },
    [`POST ${BASE}/git/tags`]: (request) => {
      const repository = write(request);
      const fields = readFields(request.body);
      const [tag, message, target] = [fields.required("tag"), fields.required("message"), fields.required("object")];
      if (!repository.commits.has(target)) throw unprocessable("Tag", "object", "invalid");
      const sha = createHash("sha1")
        .update(JSON.stringify([tag, message, target]))
        .digest("hex");
      repository.tags.set(sha, { sha, tag, message, target });
      return { status: 201, body: { sha, tag, message, object: { type: "commit", sha: target } } };
    },
    [`GET ${BASE}/git/tags/:sha`]: (request) => {
      const tag = read(request).tags.get(request.params["sha"] ?? "");
      if (tag === undefined) throw notFound();
      return { status: 200, body: { ...tag, target: undefined, object: { type: "commit", sha: tag.target } } };
    },
    [`GET ${BASE}/tags`]: (request) => {
      const repository = read(request);
      const names = [...repository.refs.keys()].filter((name) => name.startsWith("refs/tags/")).sort();
      const { items, headers } = paginate(request, world.publicOrigin, names.reverse());
      const body = items.map((name) => ({
        name: name.slice("refs/tags/".length),
        commit: { sha: resolveCommit(repository, name).sha },
      }));
      return { status: 200, headers, body };
    },
    [`GET ${BASE}/contents/*path`]: (request) => {
      const repository = read(request);
      const path = request.params["path"] ?? "";
      const commit = resolveCommit(repository, request.query.get("ref") ?? repository.defaultBranch);
      const content = repository.files.get(`${commit.sha}:${path}`);
      if (content === undefined) throw notFound();
      if (request.headers.accept?.includes("raw")) return { status: 200, body: content };
      const sha = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
      const text = content.toString("base64");
      return {
        status: 200,
        body: { type: "file", encoding: "base64", path, size: content.length, sha, content: text },
      };
    },
  };
}

/** Finds the commit of a branch, a tag, a full ref or a commit id. */
export function resolveCommit(repository: Repository, name: string): Commit {
  const candidates = [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`];
  const target = candidates.map((ref) => repository.refs.get(ref)).find((sha) => sha !== undefined) ?? name;
  const commit = repository.commits.get(repository.tags.get(target)?.target ?? target);
  if (commit === undefined) throw new Refusal(422, { message: `No commit found for SHA: ${name}`, status: "422" });
  return commit;
}

/** Refuses to change the tag of a published immutable release. */
export function refuseLockedTag(repository: Repository, ref: string): void {
  const locked = repository.releases.some((release) => release.immutable && ref === `refs/tags/${release.tagName}`);
  if (locked) throw new Refusal(422, { message: "Cannot change a tag that an immutable release uses" });
}

function setRef(repository: Repository, ref: string, sha: string): void {
  if (!repository.commits.has(sha) && !repository.tags.has(sha)) {
    throw new Refusal(422, { message: "Object does not exist" });
  }
  refuseLockedTag(repository, ref);
  repository.refs.set(ref, sha);
}

function existingRef(repository: Repository, request: Request): string {
  const ref = `refs/${request.params["ref"]}`;
  if (!repository.refs.has(ref)) throw notFound();
  return ref;
}

function isForward(repository: Repository, ref: string, sha: string): boolean {
  const base = repository.refs.get(ref);
  const seen = new Set<string>();
  const queue = [sha];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === base) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(repository.commits.get(next)?.parents ?? []));
  }
  return false;
}

function refJson(repository: Repository, ref: string): Record<string, unknown> {
  const sha = repository.refs.get(ref) ?? "";
  return { ref, object: { sha, type: repository.tags.has(sha) ? "tag" : "commit" } };
}

function parents(commit: Commit): { sha: string }[] {
  return commit.parents.map((sha) => ({ sha }));
}
