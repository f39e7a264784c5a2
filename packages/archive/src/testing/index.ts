// Crafted archives, for the tests of whoever reads them.
export { type CraftedEnd, type CraftedEntry, zip } from "./crafted-zip.ts";
