import * as library from "yaml";

/**
 * The whole library. If only some exports were used, the bundler would leave out the others, and each action would get a
 * different file that the actions cannot share.
 */
export const yaml: typeof library = { ...library };
