export { decodeP12Text } from "./decode-text.ts";
export { P12Error, type P12Problem } from "./error.ts";
export { openP12, type P12Content } from "./open.ts";
