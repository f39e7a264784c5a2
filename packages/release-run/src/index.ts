export { type RunArtifacts, runArtifacts } from "./artifacts.ts";
export { checksumsOfAssets, checksumsOfRun, hostManifest } from "./checksums.ts";
export { existingVersions, type Subject, subjectOfPlan, subjectOfVersion } from "./existing.ts";
export { type RunFacts, readFacts } from "./facts.ts";
export { type Publishing, type PublishingRun, publishInRun } from "./publish-in-run.ts";
export { digestOfFile, findFiles, openReleaseFiles } from "./release-files.ts";
export { restOfRun } from "./rest.ts";
