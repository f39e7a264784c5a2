/** What is assumed of npm's client and of its public registry. Each has its row in test/platforms.md. */

/** The first npm that publishes as a trusted publisher (npm docs, "Trusted publishing for npm packages"). */
export const TRUSTED_PUBLISHING_NPM = "11.5.1";

/** The first npm with `npm stage` (npm docs, "Staged publishing"; npm/cli#9379). */
export const STAGING_NPM = "11.15.0";

/**
 * The first of each major version whose `npm dist-tag` exchanges the job's identity as `npm publish` does (npm/cli, lib/commands/dist-tag.js).
 * Older ones need a token for it.
 */
export const DIST_TAG_IDENTITY_NPM = ["11.21.0", "12.2.0"] as const;

/** What the registry publishes under the name of a new package whose first version is only staged (npm docs, "Staged publishing"). */
export const PLACEHOLDER_VERSION = "0.0.0-stage";

/** From then on no token publishes directly (GitHub changelog 2026-09-18); staging and trusted publishers stay. */
export const DIRECT_TOKENS_END = "January 2027";
