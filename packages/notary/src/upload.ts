import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { NotaryError } from "./error.ts";
import type { World } from "./http.ts";

/** The upload location that Apple gives, and its credentials, which are valid for twelve hours. */
export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The region of the bucket, which Apple's documentation does not name. */
const REGION = "us-west-2";
const PART_BYTES = 8 << 20;
const PARTS_AT_ONCE = 4;
const ATTEMPTS = 5;

/**
 * Uploads a file with Amazon's client, which is loaded only here. It verifies each part by CRC and retries parts
 * separately.
 *
 * @throws NotaryError
 */
export async function uploadToS3(
  file: string,
  target: UploadTarget,
  options: { readonly endpoint?: string | undefined; readonly world: World },
): Promise<void> {
  const { reporter, signal } = options.world;
  signal?.throwIfAborted();
  const { bucket, key, ...credentials } = target;
  for (const secret of [credentials.secretAccessKey, credentials.sessionToken]) options.world.mask(secret);
  const [{ S3Client }, { Upload }] = await Promise.all([import("@aws-sdk/client-s3"), import("@aws-sdk/lib-storage")]);
  const { size } = await stat(file);
  const client = new S3Client({
    region: REGION,
    credentials,
    maxAttempts: ATTEMPTS,
    requestHandler: { httpAgent: options.world.agents.http, httpsAgent: options.world.agents.https },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
  });
  const upload = new Upload({
    client,
    params: {
      Bucket: bucket,
      Key: key,
      Body: createReadStream(file),
      ContentType: "application/octet-stream",
    },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  const label = path.basename(file);
  upload.on("httpUploadProgress", ({ loaded = 0 }) =>
    reporter.progress({ label, done: loaded, total: size, unit: "bytes" }),
  );
  const stop = (): void => void upload.abort();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await upload.done();
  } catch (error) {
    signal?.throwIfAborted();
    throw uploadFailed(label, error, Object.values(credentials));
  } finally {
    // The client is not destroyed, because that would close the connections of other uploads, which share its agents.
    signal?.removeEventListener("abort", stop);
  }
}

function uploadFailed(label: string, error: unknown, secrets: readonly string[]): NotaryError {
  const name = error instanceof Error ? error.name : "";
  const said = error instanceof Error ? error.message : "an unknown failure";
  // Amazon's client may quote an answer that it could not parse.
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), said);
  const expired = name === "ExpiredToken" || name === "RequestTimeTooSkewed";
  return new NotaryError(`${label} could not be uploaded to Apple: ${name === "" ? "" : `${name}: `}${message}`, {
    advice: expired
      ? "Apple's upload credentials are valid for twelve hours; check the runner's clock, then run again."
      : "Run again: what was submitted already is resumed.",
  });
}
