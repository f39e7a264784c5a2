import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { type Answer, Refusal, type Request, router, serve } from "../http.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

type S3Request = Omit<Request, "params">;

/** Errors that Amazon documents in "Error responses". The client distinguishes them by their code. */
const ERRORS = {
  ExpiredToken: [400, "The provided token has expired."],
  InvalidAccessKeyId: [403, "The AWS access key ID that you provided does not exist in our records."],
  SignatureDoesNotMatch: [403, "The request signature that the server calculated does not match."],
  BadDigest: [400, "The checksum you provided does not match what was received."],
  NoSuchUpload: [404, "The specified multipart upload does not exist."],
  SlowDown: [503, "Please reduce your request rate."],
  InternalError: [500, "An internal error occurred. Try again."],
} as const;

export type S3ErrorCode = keyof typeof ERRORS;

/**
 * A bucket service that accepts uploads, whole and in parts, and refuses what Amazon S3 refuses: a signature that
 * differs from the one that Amazon's own signing code computes, another token, or a body that was not signed.
 */
export class S3 {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects = new Map<string, Buffer>();
  /** Errors for the next requests: each is answered once, before anything else is checked. */
  readonly faults: S3ErrorCode[] = [];
  readonly requests: string[] = [];
  readonly #credentials = new Map<string, S3Credentials>();
  readonly #uploads = new Map<string, Map<number, Buffer>>();
  readonly #close: () => Promise<void>;

  constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async open(): Promise<S3> {
    let handle: (request: S3Request) => Promise<Answer> = async () => ({ status: 503 });
    const { origin, close } = await serve((request) => handle(request));
    const s3 = new S3(origin, close);
    const route = router({
      "PUT /:bucket/*key": (request) => s3.#put(request),
      "POST /:bucket/*key": (request) => s3.#post(request),
      "DELETE /:bucket/*key": () => ({ status: 204 }),
    });
    handle = async (request) => {
      s3.requests.push(`${request.method} ${request.path}?${request.query}`);
      try {
        const fault = s3.faults.shift();
        if (fault !== undefined) throw refusal(fault);
        await s3.#authenticate(request);
        const found = route(request.method, request.path);
        return found === undefined ? { status: 405 } : await found[0]({ ...request, params: found[1] });
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        throw error;
      }
    };
    return s3;
  }

  issue(credentials: S3Credentials): void {
    this.#credentials.set(credentials.accessKeyId, credentials);
  }

  expire(accessKeyId: string): void {
    this.#credentials.set(accessKeyId, { accessKeyId, secretAccessKey: "", sessionToken: "expired" });
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #authenticate({ method, path, query, headers, body }: S3Request): Promise<void> {
    const authorization = headers.authorization ?? "";
    const parts = /Credential=([^/]+)\/\d{8}\/us-west-2\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=/.exec(
      authorization,
    );
    const credentials = this.#credentials.get(parts?.[1] ?? "");
    if (parts === null || credentials === undefined) throw refusal("InvalidAccessKeyId");
    if (credentials.sessionToken === "expired") throw refusal("ExpiredToken");
    if (headers["x-amz-security-token"] !== credentials.sessionToken) throw refusal("SignatureDoesNotMatch");
    const signed = Object.fromEntries((parts[2] ?? "").split(";").map((name) => [name, String(headers[name] ?? "")]));
    const request = new HttpRequest({
      ...{ method, path, headers: signed, body },
      ...{ protocol: "http:", hostname: "localhost", query: Object.fromEntries(query) },
    });
    const date = String(headers["x-amz-date"] ?? "");
    const signingDate = new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    const signer = new SignatureV4({
      credentials,
      region: "us-west-2",
      service: "s3",
      sha256: Sha256,
      uriEscapePath: false,
    });
    const expected = await signer.sign(request, { signingDate, unsignableHeaders: new Set() });
    if (expected.headers["authorization"] !== authorization) throw refusal("SignatureDoesNotMatch");
    checkBody(headers, body);
  }

  #put({ params, query, body }: Request): Answer {
    const number = query.get("partNumber");
    if (number === null) this.objects.set(`${params["bucket"]}/${params["key"]}`, body);
    else this.#upload(query).set(Number(number), body);
    return { status: 200, headers: { ETag: `"${createHash("md5").update(body).digest("hex")}"` } };
  }

  #post({ params, query, body }: Request): Answer {
    const { bucket, key } = params;
    if (query.has("uploads")) {
      const id = `upload-${this.#uploads.size + 1}`;
      this.#uploads.set(id, new Map());
      return xml(
        200,
        `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const parts = this.#upload(query);
    const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) =>
      Number(number),
    );
    this.objects.set(`${bucket}/${key}`, Buffer.concat(listed.map((number) => parts.get(number) ?? Buffer.alloc(0))));
    return xml(
      200,
      `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>"x"</ETag></CompleteMultipartUploadResult>`,
    );
  }

  #upload(query: URLSearchParams): Map<number, Buffer> {
    const parts = this.#uploads.get(query.get("uploadId") ?? "");
    if (parts === undefined) throw refusal("NoSuchUpload");
    return parts;
  }
}

/** Checks the body against the signed hash and the checksum that the client sends. */
function checkBody(headers: Request["headers"], body: Buffer): void {
  const hash = headers["x-amz-content-sha256"];
  const isSigned = typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash);
  if (isSigned && createHash("sha256").update(body).digest("hex") !== hash) throw refusal("BadDigest");
  const checksum = headers["x-amz-checksum-crc32"];
  if (typeof checksum !== "string") return;
  if (Buffer.from(checksum, "base64").readUInt32BE(0) !== crc32(body)) throw refusal("BadDigest");
}

function refusal(code: S3ErrorCode): Refusal {
  const [status, message] = ERRORS[code];
  const { body, headers } = xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  return new Refusal(status, body, headers);
}

function xml(status: number, text: string): Answer {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  return { status, headers: { "Content-Type": "application/xml" }, body };
}
