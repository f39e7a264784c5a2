// Crafted image archives for the tests of all packages and actions that read them.
export * from "./crafted-image.ts";
export * from "./odd-archives.ts";
