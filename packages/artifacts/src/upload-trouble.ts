import { AccessError, RefusedError, TransferError } from "@release-actions/http";
import { Fault } from "@release-actions/report";

/** A failed upload, classified and explained. */
export interface UploadTrouble {
  /** Whether the artifact may exist despite the error, or another attempt may help. */
  readonly unclear: boolean;
  readonly fault: Error;
}

/** Explains an error of the client. Only their texts distinguish its errors, as it exports no types or codes. */
export function explainUpload(
  error: unknown,
  { name, file }: { readonly name: string; readonly file: string },
): UploadTrouble {
  if (error instanceof Fault) return { unclear: false, fault: error };
  const said = describeError(error);
  const what = `uploading ${name} failed: ${said}`;
  const kept = `${file} is still there for another attempt.`;
  const refused = (message: string, advice = kept): UploadTrouble => ({
    unclear: false,
    fault: new RefusedError(message, { cause: error, advice }),
  });

  if (/\(409\)|already exists/i.test(said)) {
    return { unclear: true, fault: new RefusedError(`${what}.`, { cause: error, status: 409 }) };
  }
  if (/quota|insufficient usage/i.test(said)) {
    const advice = `Free some of the account's artifact storage (GitHub recalculates it every 6 to 12 hours). ${kept}`;
    return refused(`uploading ${name} failed: the artifact storage of the account is full`, advice);
  }
  if (/\(401\)/.test(said)) {
    const advice = "The token of a job is valid for about six hours: upload earlier, or split the job.";
    const message = `${what}: the job's own token is no longer accepted`;
    return { unclear: false, fault: new AccessError(message, { cause: error, status: 401, advice }) };
  }
  if (/response from backend was not ok/i.test(said)) return refused(`${what}: the artifact service refused it`);
  if (/Received non-retryable error|is not valid|not supported on GHES/i.test(said) || isPermanent(error)) {
    return refused(what);
  }
  return { unclear: true, fault: new TransferError(`${what}.`, { cause: error, advice: kept }) };
}

/** Status codes after which another upload may succeed: an expired URL, a conflict after a lost answer, a limit. */
const MAY_HEAL = new Set([403, 408, 409, 412, 429]);

/** Whether every attempt would fail: the storage refuses the request itself, or the file cannot be read. */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && /^(ENOENT|EACCES|EPERM|EISDIR|ENOSPC)$/.test(String(error.code))) return true;
  const status = "statusCode" in error ? Number(error.statusCode) : 0;
  return status >= 400 && status < 500 && !MAY_HEAL.has(status);
}

/** Describes an error of the storage client, whose message can be empty while other fields have the details. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const fields = new Map<string, unknown>(Object.entries(error));
  const details = new Map<string, unknown>(Object.entries(fields.get("details") ?? {}));
  const status = fields.get("statusCode");
  const code = fields.get("code") ?? details.get("errorCode");
  const request = details.get("requestId") ?? details.get("x-ms-request-id");
  const known = [
    typeof status === "number" ? `status ${status}` : undefined,
    typeof code === "string" ? code : undefined,
    typeof request === "string" ? `request ${request}` : undefined,
  ].filter((part) => part !== undefined);
  const message = error.message.trim().split("\n")[0] ?? "";
  const start = message === "" || message === "{}" ? error.name : message;
  return known.length === 0 ? start : `${start} (${known.join(", ")})`;
}
