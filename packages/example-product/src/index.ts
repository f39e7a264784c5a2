// Input for tests: a temporary folder of files, and a copy of a miniature product.
export { FileTree } from "./file-tree.ts";
export { Product } from "./product.ts";
