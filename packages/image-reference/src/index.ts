export { type Algorithm, type Digest, parseDigest } from "./digest.ts";
export {
  formatReference,
  type ImageReference,
  ImageReferenceError,
  parseReference,
  parseTaggedReference,
} from "./reference.ts";
