export { type GitHubRelease, openReleases, type ReleaseAsset, type Releases } from "./releases.ts";
export { openRest, type Rest, RestError, type RestOptions } from "./rest.ts";
