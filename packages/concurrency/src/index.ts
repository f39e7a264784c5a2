export { allOrStop } from "./all-or-stop.ts";
export { forEachLimited } from "./for-each-limited.ts";
export { AGAIN, doubling, jittered, tryTimes } from "./tries.ts";
