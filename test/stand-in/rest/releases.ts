import { type Answer, Refusal, type Request, type Routes } from "../http.ts";
import type { Release, Repository } from "../model.ts";
import { timestamp } from "../time.ts";
import type { World } from "../world.ts";
import { assetJson } from "./assets.ts";
import { authorize, grantOf, notFound, unprocessable } from "./authorize.ts";
import { type Fields, readFields } from "./fields.ts";
import { findRelease } from "./find-release.ts";
import { refuseLockedTag, resolveCommit } from "./git.ts";
import { paginate } from "./paginate.ts";

const BASE = "/repos/:owner/:repo/releases";

/** Releases, drafts and immutable ones included: docs.github.com/rest/releases/releases. */
export function releaseRoutes(world: World): Routes {
  const read = (request: Request): Repository => authorize(world, request, "contents", "read");
  const write = (request: Request): Repository => authorize(world, request, "contents", "write");
  const show = (status: number, repository: Repository, release: Release): Answer => ({
    status,
    body: releaseJson(world, repository, release),
  });
  return {
    [`GET ${BASE}`]: (request) => {
      const repository = read(request);
      const visible = repository.releases.filter(
        (release) => !release.draft || maySeeDrafts(world, request, repository),
      );
      const { items, headers } = paginate(request, world.publicOrigin, visible.reverse());
      return { status: 200, headers, body: items.map((release) => releaseJson(world, repository, release)) };
    },
    [`POST ${BASE}`]: (request) => {
      const repository = write(request);
      const fields = readFields(request.body);
      const tagName = fields.required("tag_name");
      if (repository.releases.some((release) => !release.draft && release.tagName === tagName)) {
        throw unprocessable("Release", "tag_name", "already_exists");
      }
      const release: Release = {
        ...{ id: world.nextId(), tagName, name: "", body: "", targetCommitish: repository.defaultBranch },
        ...{
          draft: true,
          prerelease: false,
          immutable: false,
          latest: false,
          neverLatest: false,
          createdAt: new Date(),
        },
        ...{ publishedAt: undefined, assets: [] },
      };
      apply(repository, release, fields, fields.boolean("draft") ?? false);
      repository.releases.push(release);
      return show(201, repository, release);
    },
    [`GET ${BASE}/latest`]: (request) => {
      const repository = read(request);
      const release = world.latestRelease(repository);
      if (release === undefined) throw notFound();
      return show(200, repository, release);
    },
    [`GET ${BASE}/tags/*tag`]: (request) => {
      const repository = read(request);
      const release = repository.releases.find(({ draft, tagName }) => !draft && tagName === request.params["tag"]);
      if (release === undefined) throw notFound();
      return show(200, repository, release);
    },
    [`GET ${BASE}/:release`]: (request) => {
      const repository = read(request);
      const release = findRelease(repository, request);
      if (release.draft && !maySeeDrafts(world, request, repository)) throw notFound();
      return show(200, repository, release);
    },
    [`PATCH ${BASE}/:release`]: (request) => {
      const repository = write(request);
      const release = findRelease(repository, request);
      const fields = readFields(request.body);
      if (release.immutable && ["tag_name", "target_commitish"].some((name) => fields.string(name) !== undefined)) {
        throw new Refusal(422, { message: "Cannot change the tag of an immutable release" });
      }
      apply(repository, release, fields, fields.boolean("draft") ?? release.draft);
      return show(200, repository, release);
    },
    [`DELETE ${BASE}/:release`]: (request) => {
      const repository = write(request);
      repository.releases.splice(repository.releases.indexOf(findRelease(repository, request)), 1);
      return { status: 204 };
    },
  };
}

function maySeeDrafts(world: World, request: Request, repository: Repository): boolean {
  const grant = grantOf(world, request);
  return grant?.repository === repository && grant.permissions.contents === "write";
}

/** Applies the given fields. Publishing a draft creates the tag and, for immutable releases, locks the release. */
function apply(repository: Repository, release: Release, fields: Fields, draft: boolean): void {
  release.tagName = fields.string("tag_name") ?? release.tagName;
  release.name = fields.string("name") ?? release.name;
  release.body = fields.string("body") ?? release.body;
  release.targetCommitish = fields.string("target_commitish") ?? release.targetCommitish;
  release.prerelease = fields.boolean("prerelease") ?? release.prerelease;
  if (!draft && release.publishedAt === undefined) publish(repository, release);
  release.draft = draft;
  const choice = fields.string("make_latest");
  // "Drafts and prereleases cannot be set as latest". By default, every other release becomes the latest.
  if ((draft || release.prerelease) && choice === "true") throw unprocessable("Release", "make_latest", "invalid");
  release.neverLatest = choice === "false";
  if (draft || release.prerelease || choice === "false" || choice === "legacy") release.latest = false;
  else makeLatest(repository, release);
}

function publish(repository: Repository, release: Release): void {
  const ref = `refs/tags/${release.tagName}`;
  if (!repository.refs.has(ref)) {
    refuseLockedTag(repository, ref);
    repository.refs.set(ref, resolveCommit(repository, release.targetCommitish).sha);
  }
  release.publishedAt = new Date();
  release.immutable = repository.immutableReleases;
}

function makeLatest(repository: Repository, release: Release): void {
  for (const other of repository.releases) other.latest = false;
  release.latest = true;
}

function releaseJson(world: World, repository: Repository, release: Release): Record<string, unknown> {
  const url = `${world.publicOrigin}/repos/${repository.fullName}/releases/${release.id}`;
  const page = `https://github.com/${repository.fullName}/releases/tag/${release.tagName}`;
  return {
    ...{ id: release.id, tag_name: release.tagName, target_commitish: release.targetCommitish },
    ...{ name: release.name, body: release.body, draft: release.draft, prerelease: release.prerelease },
    ...{ immutable: release.immutable, created_at: timestamp(release.createdAt), html_url: page, url },
    published_at: release.publishedAt === undefined ? null : timestamp(release.publishedAt),
    upload_url: `${world.publicOrigin}/uploads${new URL(url).pathname}/assets{?name,label}`,
    assets_url: `${url}/assets`,
    assets: release.assets.map((asset) => assetJson(world, repository, release, asset)),
  };
}
