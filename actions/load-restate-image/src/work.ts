// The part of the action that is loaded once its inputs are known to be good: a bundle of its own.
export { findEngine } from "@release-actions/docker";
export { createTransport } from "@release-actions/http";
export { loadImage } from "./load-restate-image.ts";
export { report } from "./report.ts";
export { requireSnapshotter } from "./snapshotter.ts";
