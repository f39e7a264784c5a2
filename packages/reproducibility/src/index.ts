export { parseAttestation, type VerificationFacts, verificationStatement } from "./attestation.ts";
export { type Build, type BuildFile, buildOf, windowBefore, windowOfFile } from "./build.ts";
export { type Agreement, compareBuilds, type FileVerdict, type MismatchKind } from "./compare.ts";
export {
  type Comparison,
  isReproducible,
  mismatches,
  type NamedCause,
  namedCauses,
  verdictOf,
} from "./comparison.ts";
export { type ContextDifference, compareContexts } from "./context.ts";
export { type AskOther, type ExplainBuildsOptions, explainBuilds, type FileExplanation } from "./explain-builds.ts";
export { selectedBy } from "./path-patterns.ts";
export {
  createPolicy,
  type Judgement,
  type PolicyInputs,
  rulesWithoutFiles,
  type Severity,
} from "./policy.ts";
export { type RecordedBuild, type RecordOptions, recordBuild } from "./record.ts";
export { openRecordArchive, writeRecord, writeRecordArchive } from "./record-archive.ts";
export { htmlReport } from "./report-html.ts";
export { barsTable, contextTable, filesTable, type Table, writeCauses } from "./report-markdown.ts";
export { type ResolvedSums, resolveSums } from "./resolve-sums.ts";
export { visible } from "./visible.ts";
export { keepYoungGenerationSmall } from "./young-generation.ts";
