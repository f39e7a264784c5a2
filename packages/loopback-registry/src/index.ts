export type { ServedBlob, ServedImage, ServedManifest } from "./image.ts";
export { type LoopbackRegistry, type RegistryOptions, startLoopbackRegistry } from "./registry.ts";
