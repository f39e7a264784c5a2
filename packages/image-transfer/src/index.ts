export { type BringInOptions, type BroughtIn, bringIn, type Via } from "./bring-in.ts";
export type { ArchiveContent } from "./content.ts";
export { type Expectation, findInEngine, type Presence, requireExpected } from "./engine-image.ts";
export { ImageTransferError } from "./error.ts";
export { tagUsable } from "./tag.ts";
