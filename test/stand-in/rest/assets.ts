import { createHash } from "node:crypto";
import { Refusal, type Request, type Routes } from "../http.ts";
import type { Asset, Release, Repository } from "../model.ts";
import type { World } from "../world.ts";
import { authorize, notFound, unprocessable } from "./authorize.ts";
import { readFields } from "./fields.ts";
import { findRelease } from "./find-release.ts";
import { paginate } from "./paginate.ts";

const BASE = "/repos/:owner/:repo/releases";

/** Assets of releases; uploads go to a host of their own: docs.github.com/rest/releases/assets. */
export function assetRoutes(world: World): Routes {
  const read = (request: Request): Repository => authorize(world, request, "contents", "read");
  const write = (request: Request): Repository => authorize(world, request, "contents", "write");
  return {
    [`GET ${BASE}/:release/assets`]: (request) => {
      const repository = read(request);
      const release = findRelease(repository, request);
      const { items, headers } = paginate(request, world.publicOrigin, release.assets);
      return { status: 200, headers, body: items.map((asset) => assetJson(world, repository, release, asset)) };
    },
    [`POST /uploads${BASE}/:release/assets`]: async (request) => {
      const repository = write(request);
      const release = findRelease(repository, request);
      refuseImmutable(release);
      const name = request.query.get("name") ?? "";
      if (name === "") throw unprocessable("ReleaseAsset", "name", "missing_field");
      const contentType = request.headers["content-type"];
      if (contentType === undefined) throw new Refusal(400, { message: "Content-Type is required" });
      // GitHub replaces each run of characters that are not allowed with one dot.
      const stored = name.replace(/[^\w.+@-]+/g, ".");
      if (release.assets.some((asset) => asset.name === stored)) {
        throw unprocessable("ReleaseAsset", "name", "already_exists");
      }
      const id = world.nextId();
      const blob = `releases/${repository.id}/${id}`;
      await world.storage.put(blob, new Uint8Array(request.body));
      const digest = `sha256:${createHash("sha256").update(request.body).digest("hex")}`;
      const asset: Asset = {
        ...{ id, name: stored, label: request.query.get("label") ?? "", contentType, state: "uploaded" },
        ...{ size: request.body.length, digest, blob, downloads: 0 },
      };
      release.assets.push(asset);
      return { status: 201, body: assetJson(world, repository, release, asset) };
    },
    [`GET ${BASE}/assets/:asset`]: (request) => {
      const repository = read(request);
      const [release, asset] = findAsset(repository, request);
      if (!request.headers.accept?.includes("application/octet-stream")) {
        return { status: 200, body: assetJson(world, repository, release, asset) };
      }
      return { status: 302, headers: { Location: download(world, asset) } };
    },
    [`PATCH ${BASE}/assets/:asset`]: (request) => {
      const repository = write(request);
      const [release, asset] = findAsset(repository, request);
      refuseImmutable(release);
      const fields = readFields(request.body);
      const name = fields.string("name") ?? asset.name;
      if (release.assets.some((other) => other !== asset && other.name === name)) {
        throw unprocessable("ReleaseAsset", "name", "already_exists");
      }
      asset.name = name;
      asset.label = fields.string("label") ?? asset.label;
      return { status: 200, body: assetJson(world, repository, release, asset) };
    },
    [`DELETE ${BASE}/assets/:asset`]: (request) => {
      const [release, asset] = findAsset(write(request), request);
      refuseImmutable(release);
      release.assets.splice(release.assets.indexOf(asset), 1);
      return { status: 204 };
    },
    // The download link for people, without a token or the API. Drafts do not have one.
    "GET /:owner/:repo/releases/download/:tag/:name": (request) => {
      const repository = world.repository(`${request.params["owner"]}/${request.params["repo"]}`);
      const release = repository?.releases.find(({ draft, tagName }) => !draft && tagName === request.params["tag"]);
      const asset = release?.assets.find(({ name }) => name === request.params["name"]);
      if (repository === undefined || repository.private || asset === undefined) throw notFound();
      return { status: 302, headers: { Location: download(world, asset) } };
    },
  };
}

export function assetJson(
  world: World,
  repository: Repository,
  release: Release,
  asset: Asset,
): Record<string, unknown> {
  return {
    ...{ id: asset.id, name: asset.name, label: asset.label, content_type: asset.contentType, state: asset.state },
    ...{ size: asset.size, digest: asset.digest, download_count: asset.downloads },
    url: `${world.publicOrigin}/repos/${repository.fullName}/releases/assets/${asset.id}`,
    browser_download_url: `${world.publicOrigin}/${repository.fullName}/releases/download/${encodeURIComponent(release.tagName)}/${asset.name}`,
  };
}

function findAsset(repository: Repository, request: Request): [Release, Asset] {
  for (const release of repository.releases) {
    const asset = release.assets.find(({ id }) => String(id) === request.params["asset"]);
    if (asset !== undefined) return [release, asset];
  }
  throw notFound();
}

function refuseImmutable(release: Release): void {
  if (release.immutable) throw new Refusal(422, { message: "Cannot change the assets of an immutable release" });
}

function download(world: World, asset: Asset): string {
  asset.downloads += 1;
  const contentDisposition = `attachment; filename=${asset.name}`;
  return world.storage.downloadUrl(asset.blob, { contentDisposition, contentType: "application/octet-stream" });
}
