import * as library from "yaml";

/**
 * All of the library, whatever is used of it: a bundler leaves out the exports that one action does not need, and so
 * makes a chunk for each that no other action can share.
 */
export const yaml: typeof library = { ...library };
