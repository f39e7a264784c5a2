export { type ArtifactServices, type RunArtifacts, runArtifacts } from "./artifacts.ts";
export { checksumsOfAssets, checksumsOfRun } from "./checksums.ts";
export { existingVersions, type Subject, subjectOfPlan, subjectOfVersion } from "./existing.ts";
export { RunError, type RunFacts, readFacts } from "./facts.ts";
export { type Publishing, type PublishingRun, publishInRun, type RunServices } from "./publish-in-run.ts";
export { digestOfFile, openReleaseFiles, type ReleaseFiles } from "./release-files.ts";
export { type RestServices, restOfRun } from "./rest.ts";
