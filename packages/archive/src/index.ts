export { ArchiveError, type ArchiveProblem } from "./error.ts";
export { type FileSource, openFileSource } from "./file-source.ts";
export { memorySource, type RandomAccessSource, readExactly, requireRange, sliceSource } from "./source.ts";
