// The part of the action that is loaded once its inputs are known to be good: a bundle of its own.
export { createTransport } from "@release-actions/http";
export { prepareEngine } from "./engine.ts";
export { loadImage } from "./load-restate-image.ts";
export { report } from "./summary.ts";
