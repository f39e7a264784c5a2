import { RefusedError } from "@release-actions/http";
import { boolean, type Decoder, integer, listOf, object, optional, string, text } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import type { Rest } from "./rest.ts";

/** A file of a release on GitHub. */
export interface ReleaseAsset {
  readonly name: string;
  /** The size in bytes. */
  readonly size: number;
  /** `uploaded` if the file is available; any other state means that it is not available yet. */
  readonly state: string;
  /** `sha256:<hex>`; GitHub computes it for files uploaded since June 2025. */
  readonly digest: string | undefined;
  readonly url: string;
}

/** A release on GitHub (docs.github.com/rest/releases). */
export interface GitHubRelease {
  readonly id: number;
  readonly tag: string;
  readonly body: string;
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
  readonly url: string;
}

/** With `legacy`, GitHub chooses the latest release by creation date and version, as it did before this option existed. */
export type MakeLatest = "true" | "false" | "legacy";

export interface ReleaseUpdate {
  readonly body?: string;
  /** Must be `false` for drafts and pre-releases, which cannot be the latest. */
  readonly makeLatest: MakeLatest;
}

const rawRelease = object({
  id: integer,
  tag_name: text,
  body: optional(string, ""),
  draft: optional(boolean, false),
  prerelease: optional(boolean, false),
  html_url: text,
});

const rawAsset = object({
  name: text,
  size: integer,
  state: optional(string, "uploaded"),
  digest: optional(string),
  browser_download_url: optional(string, ""),
});

const tag = object({ name: text });

const release: Decoder<GitHubRelease> = (value, at) => {
  const { id, tag_name, body, draft, prerelease, html_url } = rawRelease(value, at);
  return { id, tag: tag_name, body, isDraft: draft, isPrerelease: prerelease, url: html_url };
};

const asset: Decoder<ReleaseAsset> = (value, at) => {
  const { browser_download_url: url, ...rest } = rawAsset(value, at);
  return { ...rest, url };
};

/** Reads and updates the releases of one repository, `owner/name`. */
export function openReleases(rest: Rest, repository: string) {
  const base = `/repos/${repository}`;
  const find = async (path: string): Promise<GitHubRelease | undefined> => {
    try {
      return await rest.get(`${base}/releases/${path}`, release);
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) return undefined;
      throw error;
    }
  };
  return {
    /** The names of all tags. */
    tags: async (): Promise<readonly string[]> =>
      (await rest.getAll(`${base}/tags`, listOf(tag))).map(({ name }) => name),

    /**
     * The release of a tag, which may be a draft; `undefined` when there is none.
     *
     * @throws Fault when several drafts have the tag.
     */
    byTag: async (name: string): Promise<GitHubRelease | undefined> => {
      const published = await find(`tags/${encodePath(name)}`);
      if (published !== undefined) return published;
      // The tag of a draft does not exist yet, so the draft is found only in the list.
      const all = await rest.getAll(`${base}/releases`, listOf(release));
      const [found, second, ...more] = all.filter((candidate) => candidate.tag === name);
      if (second === undefined) return found;
      const pages = [found, second, ...more].map((draft) => draft?.url).join(", ");
      throw new Fault(`${repository} has ${more.length + 2} drafts of ${name}: ${pages}`, {
        advice: "Delete the drafts that are not the release, then run this again.",
      });
    },

    /** Reads the current state of a release. */
    get: (id: number): Promise<GitHubRelease> => rest.get(`${base}/releases/${id}`, release),

    /** The release that GitHub shows as the latest; `undefined` when it shows none. */
    latest: (): Promise<GitHubRelease | undefined> => find("latest"),

    assets: (id: number): Promise<readonly ReleaseAsset[]> =>
      rest.getAll(`${base}/releases/${id}/assets`, listOf(asset)),

    /**
     * Changes the notes and sets `make_latest`. Without that field GitHub would make the release the latest with every
     * change (docs.github.com/rest/releases, "Update a release", `make_latest`), so it is always sent.
     */
    update: async (id: number, { body, makeLatest }: ReleaseUpdate): Promise<GitHubRelease> => {
      const fields = { ...(body === undefined ? {} : { body }), make_latest: makeLatest };
      return await rest.send("PATCH", `${base}/releases/${id}`, fields, release);
    },
  };
}

export type Releases = ReturnType<typeof openReleases>;

function encodePath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
