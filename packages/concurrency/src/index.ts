export { both } from "./both.ts";
export { forEachLimited } from "./for-each-limited.ts";
