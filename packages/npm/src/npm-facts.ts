/** Assumptions about npm's client and its public registry. Each has a row in test/platforms.md. */

/** The first npm version that can publish as a trusted publisher (npm docs, "Trusted publishing for npm packages"). */
export const TRUSTED_PUBLISHING_NPM = "11.5.1";

/** The first npm version with `npm stage` (npm docs, "Staged publishing"; npm/cli#9379). */
export const STAGING_NPM = "11.15.0";

/**
 * The first version of each major in which `npm dist-tag` uses the job's identity as `npm publish` does (npm/cli,
 * lib/commands/dist-tag.js). Older versions need a token for it.
 */
export const DIST_TAG_IDENTITY_NPM = ["11.21.0", "12.2.0"] as const;

/** When tokens can no longer publish directly (GitHub changelog 2026-09-18). Staging and trusted publishers remain. */
export const DIRECT_TOKENS_END = "January 2027";
