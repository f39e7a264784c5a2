export type { Explain, Refusal } from "./refusal.ts";
export { type GitHubRelease, openReleases, type ReleaseAsset, type Releases } from "./releases.ts";
export { openRest, type Rest, type RestOptions } from "./rest.ts";
