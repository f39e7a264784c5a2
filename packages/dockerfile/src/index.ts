export { DockerfileError } from "./fault.ts";
export { type Dockerfile, parseDockerfile, type Stage, type StageVariable } from "./parse.ts";
export { findStage, imagesOf, runScriptsOf, unknownImagesOf } from "./query.ts";
export { editWithin, type Word } from "./word.ts";
