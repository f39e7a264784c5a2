export { type ApiKey, parseApiKey } from "./api-key.ts";
export { NotaryError, NotaryHttpError, NotaryTimeout } from "./error.ts";
export { realWorld, type World } from "./http.ts";
export { adviceFor } from "./known-issues.ts";
export { type Issue, type NotaryLog, parseLog, type TicketEntry } from "./log.ts";
export { type NotarizeOptions, type NotaryJob, type NotaryOutcome, notarize } from "./notarize.ts";
export {
  type NotarytoolCredentials,
  type NotarytoolOptions,
  notarytoolService,
  storeCredentials,
} from "./notarytool-service.ts";
export { APPLE_API, type RestOptions, restService } from "./rest-service.ts";
export type { ListedSubmission, NotaryService, Status, StatusAnswer, Submitted } from "./service.ts";
export { parseSubmissions, type Stage, type Submission } from "./submission.ts";
export { TokenSource } from "./token.ts";
export type { UploadTarget } from "./upload.ts";
export { type Complaint, complaintsOf, verifyAccepted } from "./verify.ts";
export { waitForVerdict } from "./wait.ts";
