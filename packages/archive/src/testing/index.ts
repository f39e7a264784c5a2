// Crafted archives, for tests of packages that read archives.
export { type CraftedEnd, type CraftedEntry, zip } from "./crafted-zip.ts";
