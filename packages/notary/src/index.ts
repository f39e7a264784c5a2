export { type ApiKey, parseApiKey } from "./api-key.ts";
export { NotaryError } from "./error.ts";
export { realWorld, type World } from "./http.ts";
export { type NotaryJob, type NotaryOutcome, notarize } from "./notarize.ts";
export { type NotarytoolCredentials, notarytoolService, storeCredentials } from "./notarytool-service.ts";
export { APPLE_API, restService } from "./rest-service.ts";
export type { ListedSubmission, NotaryService } from "./service.ts";
export { parseSubmissions, type Submission } from "./submission.ts";
