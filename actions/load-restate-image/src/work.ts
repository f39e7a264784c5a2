// The part of the action that is loaded after its inputs were found valid: a separate bundle.
export { createTransport } from "@release-actions/http";
export { prepareEngine } from "./engine.ts";
export { loadImage } from "./load-restate-image.ts";
export { report } from "./summary.ts";
