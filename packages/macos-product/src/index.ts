export { readAuthorities } from "./authorities.ts";
export {
  type CheckedBinary,
  type CheckedProduct,
  checkProduct,
  type Problem,
  type ProductExpectations,
} from "./check-product.ts";
export { MAX_BINARY_BYTES, MAX_DEPTH, MAX_NESTED_ZIP_BYTES } from "./containers.ts";
export { type Binary, readBinaries } from "./contents.ts";
export type { CheckedImage } from "./describe-image.ts";
export { findProducts } from "./find-products.ts";
export { openProduct, type Product, ProductError, type ProductKind } from "./product.ts";
export { packForSubmission } from "./zip.ts";
