// Crafted image archives, for the tests of whoever reads them.
export * from "./crafted-image.ts";
export * from "./odd-archives.ts";
