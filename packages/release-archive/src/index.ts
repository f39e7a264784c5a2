export { unpackArchive } from "./unpack.ts";
