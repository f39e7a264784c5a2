export { readAuthorities } from "./authorities.ts";
export { type CheckedProduct, checkProduct, type Problem } from "./check-product.ts";
export { readContents } from "./contents.ts";
export type { CheckedImage } from "./describe-image.ts";
export { findProducts } from "./find-products.ts";
export { openProduct, type Product } from "./product.ts";
export { packForSubmission } from "./zip.ts";
