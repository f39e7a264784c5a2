import { expect, test } from "@jest/globals";
import { explainUpload } from "./upload-trouble.ts";

const request = { name: "restate.tar", file: "/w/restate.tar" };
const restError = Object.assign(new Error("{}"), {
  name: "RestError",
  statusCode: 403,
  code: "AuthenticationFailed",
  details: { "x-ms-request-id": "abc-1" },
});

test.each<[title: string, error: unknown, name: string, unclear: boolean, message: RegExp, advice: RegExp | undefined]>(
  [
    [
      "F28: a storage error without a message",
      restError,
      ...(["TransferError", true] as const),
      /uploading restate\.tar failed: RestError \(status 403, AuthenticationFailed, request abc-1\)\./,
      /\/w\/restate\.tar is still there/,
    ],
    [
      "F30: a name that is taken",
      new Error(
        "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists",
      ),
      ...(["RefusedError", true] as const),
      /\(409\) Conflict/,
      undefined,
    ],
    [
      "F31: a lost answer to Finalize",
      new Error(
        "Failed to FinalizeArtifact: Failed to make request after 5 attempts: Failed request: (502) Bad Gateway",
      ),
      ...(["TransferError", true] as const),
      /\(502\) Bad Gateway/,
      /still there/,
    ],
    [
      "F32: full storage",
      new Error("Failed to CreateArtifact: Artifact storage quota has been hit. Unable to upload any new artifacts."),
      ...(["RefusedError", false] as const),
      /the artifact storage of the account is full$/,
      /Free some .* still there/,
    ],
    [
      "F35: a service that refuses",
      new Error("CreateArtifact: response from backend was not ok"),
      ...(["RefusedError", false] as const),
      /the artifact service refused it$/,
      /still there/,
    ],
    [
      "F36: a runtime token that has expired",
      new Error("Failed to CreateArtifact: Received non-retryable error: Failed request: (401) Unauthorized"),
      ...(["AccessError", false] as const),
      /the job's own token is no longer accepted$/,
      /about six hours/,
    ],
    [
      "a request that the storage refuses every time",
      Object.assign(new Error("the body is too large"), { name: "RestError", statusCode: 413 }),
      ...(["RefusedError", false] as const),
      /too large \(status 413\)$/,
      /still there/,
    ],
    [
      "a file that cannot be read",
      Object.assign(new Error("EACCES: permission denied, open '/w/restate.tar'"), { code: "EACCES" }),
      ...(["RefusedError", false] as const),
      /permission denied/,
      /still there/,
    ],
    ["a thrown string", "boom", "TransferError", true, /failed: boom\./, /still there/],
  ],
)("%s", (_title, error, name, unclear, message, advice) => {
  const trouble = explainUpload(error, request);
  expect(trouble).toMatchObject({ unclear, fault: { name, message: expect.stringMatching(message), cause: error } });
  expect(trouble.fault).toHaveProperty("advice", advice === undefined ? undefined : expect.stringMatching(advice));
});
