// Talks to a container engine over its API, without the docker client.

export type { Candidate, Surroundings } from "./candidates.ts";
export { storedCredentials } from "./credentials.ts";
export { freeDisk, layersSize } from "./disk.ts";
export { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
export { connect, type Engine } from "./engine.ts";
export { EngineConnectionLost, EngineError, EngineNotFound, IncompleteImageError } from "./fault.ts";
export { type FindOptions, findEngine } from "./find.ts";
export { type Image, type ImageOptions, imageId, inspectImage, removeImage, tagImage } from "./images.ts";
export { type LoadedImage, type LoadOptions, loadImage } from "./load.ts";
export { type PullOptions, pullImage, type RegistryCredentials } from "./pull.ts";
export { saveImages } from "./save.ts";
export type { Bytes } from "./transport.ts";
export { tryImage, type Usability } from "./try-image.ts";
