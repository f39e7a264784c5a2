export type { Explain, Refusal } from "./refusal.ts";
export {
  type GitHubRelease,
  type MakeLatest,
  openReleases,
  type ReleaseAsset,
  type Releases,
  type ReleaseUpdate,
} from "./releases.ts";
export { openRest, type Rest, type RestOptions } from "./rest.ts";
