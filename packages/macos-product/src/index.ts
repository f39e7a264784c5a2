export { type Binary, MAX_BINARY_BYTES, readBinaries } from "./binaries.ts";
export { type CheckedBinary, type CheckedProduct, checkProduct, type Problem } from "./check-product.ts";
export { findProducts } from "./find-products.ts";
export { openProduct, type Product, ProductError, type ProductKind } from "./product.ts";
export { packForSubmission } from "./zip.ts";
