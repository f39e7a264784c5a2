export { createTransport, DEFAULT_PATIENCE, type Patience, TransferError, type Transport } from "@release-actions/http";
export { DEFAULT_PACE, type Pace } from "./blob.ts";
export { type Check, type CheckSource, checksOfCommit, checksOfRun } from "./checks.ts";
export * from "./faults.ts";
export { findInCurrentRun, findInRun } from "./find-artifact.ts";
export { type CommitQuery, findByCommit } from "./find-by-commit.ts";
export { resultsOfJob } from "./job-results.ts";
export type { ArtifactInfo, ArtifactLocation } from "./location.ts";
export { type OpenArtifact, type OpenOptions, openArtifact } from "./open-artifact.ts";
export { createRestClient, type RestClient, type RestOptions } from "./rest.ts";
export { createResultsService, type OwnArtifact, type ResultsOptions, type ResultsService } from "./results-service.ts";

export { type Upload, type UploadOptions, type UploadRequest, uploadArtifact } from "./upload.ts";
export { verified } from "./verify.ts";
export { type WaitOptions, waitForArtifact } from "./wait.ts";
