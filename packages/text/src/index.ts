export { applyEdits, type Edit } from "./edit.ts";
export { createLocator, type Locator } from "./locator.ts";
export { decodeText, readText, TextError } from "./read-text.ts";
export { type WildcardOptions, wildcard } from "./wildcard.ts";
