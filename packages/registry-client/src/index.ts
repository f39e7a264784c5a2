export { parseChallenge } from "./challenge.ts";
export { type Credentials, originOf } from "./connection.ts";
export { RegistryError } from "./error.ts";
export { imagePlatforms } from "./image-platforms.ts";
export { readAsWriter } from "./read-as-writer.ts";
export { type BlobArrival, openRegistry, type Registry, type RegistryDocument } from "./registry.ts";
export type { BlobUpload } from "./uploads.ts";
