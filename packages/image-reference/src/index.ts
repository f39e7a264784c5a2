export {
  formatReference,
  type ImageReference,
  ImageReferenceError,
  parseReference,
  parseTaggedReference,
} from "./reference.ts";
