export { artifactContent, NO_RATIO, openTarStream, type TarStream, type Wrapping } from "./archive-stream.ts";
export { type CheckedArchive, checkImageArchive } from "./check-image-archive.ts";
export type { Decompression } from "./decompressed-layers.ts";
export { type Algorithm, algorithmOf, type Digest, digestOf, parseDigest } from "./digest.ts";
export { ImageArchiveError, type ImageProblem } from "./error.ts";
export type { Blob, Document, Image, ImageArchive, Layer, RefusedImage } from "./image-archive.ts";
export { openImageFile } from "./image-folder.ts";
export {
  type BlobPlace,
  digestImageArchive,
  type IndexedArchive,
  type IndexOptions,
  indexImageArchive,
  SparseArchiveError,
} from "./index-image-archive.ts";
export { type LoadedIds, loadedIds } from "./layout-tail.ts";
export { type RepackOptions, repackForLoad } from "./load-stream.ts";
export { type LocatedTar, locateTar } from "./locate-tar.ts";
export type { Compression } from "./media-types.ts";
export { partialArchive } from "./partial-archive.ts";
export { requireOneImage, selectImage } from "./select-image.ts";
export { writeTempFile } from "./temp-file.ts";
