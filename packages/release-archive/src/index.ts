export { ReleaseArchiveError, unpackArchive } from "./unpack.ts";
