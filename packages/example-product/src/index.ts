// What tests work on: a temporary folder of files, and a copy of a product in miniature.
export { FileTree } from "./file-tree.ts";
export { Product } from "./product.ts";
