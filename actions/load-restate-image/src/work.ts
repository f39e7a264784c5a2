// The part of the action that is loaded once its inputs are known to be good: a bundle of its own.
export { createTransport } from "@release-actions/artifacts";
export { findEngine } from "@release-actions/docker";
export { loadImage } from "./load-restate-image.ts";
export { report } from "./report.ts";
export { requireSnapshotter } from "./snapshotter.ts";
