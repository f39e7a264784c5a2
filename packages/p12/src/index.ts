export { decodeP12Text } from "./decode-text.ts";
export { P12Error } from "./error.ts";
export { openP12 } from "./open.ts";
