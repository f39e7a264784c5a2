import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  verify,
} from "node:crypto";
import { writeFile } from "node:fs/promises";
import { FileTree } from "@release-actions/example-product";
import { bestCodeDirectory, checkSigning } from "@release-actions/macho";
import { openProduct, readContents } from "@release-actions/macos-product";
import { type Answer, Refusal, type Request, router, serve } from "../http.ts";
import { S3 } from "./s3.ts";

const BUCKET = "notary-submissions-prod";

interface Received {
  readonly name: string;
  readonly sha256: string;
  readonly object: string;
  readonly accessKeyId: string;
  polls: number;
}

/** What the service does with submissions. Tests change it while it runs. */
export interface Behaviour {
  /** How many times it answers `In Progress` after the upload. */
  slowness: number;
  verdict: string;
  /** Issues of the log. */
  issues: readonly object[];
  /** Replaces fields of the log. */
  log: Readonly<Record<string, unknown>>;
  /** Milliseconds that are added to the `Date` header and to the clock for the check of tokens. */
  clockSkew: number;
  /** Answers that replace the next ones, for requests whose `METHOD path` matches. */
  faults: { readonly when: RegExp; readonly answer: Answer }[];
}

/**
 * A stand-in for Apple's notary service, written from https://developer.apple.com/documentation/notaryapi
 * and "Generating Tokens for API Requests": it verifies tokens with the public key, hands out upload
 * credentials, reads the uploads, and gives a verdict and a log. It does not do Apple's scan.
 */
export class NotaryApi {
  readonly url: string;
  readonly s3: S3;
  readonly keyId = "ABCD123456";
  readonly issuer = randomUUID();
  /** PEM, as in AuthKey_ABCD123456.p8. */
  readonly privateKey: string;
  readonly behaviour: Behaviour = { slowness: 1, verdict: "Accepted", issues: [], log: {}, clockSkew: 0, faults: [] };
  readonly submissions = new Map<string, Received>();
  readonly requests: string[] = [];
  readonly #publicKey: KeyObject;
  readonly #close: () => Promise<void>;

  constructor(url: string, s3: S3, close: () => Promise<void>) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.url = url;
    this.s3 = s3;
    this.privateKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    this.#publicKey = createPublicKey(publicKey.export({ type: "spki", format: "pem" }));
    this.#close = close;
  }

  static async open(): Promise<NotaryApi> {
    let handle: (request: Omit<Request, "params">) => Promise<Answer> = async () => ({ status: 503 });
    const { origin, close } = await serve((request) => handle(request));
    const api = new NotaryApi(origin, await S3.open(), close);
    const route = router({
      "POST /notary/v2/submissions": (request) => api.#submit(request),
      "GET /notary/v2/submissions": () => api.#list(),
      "GET /notary/v2/submissions/:id": (request) => api.#status(request),
      "GET /notary/v2/submissions/:id/logs": (request) => api.#logUrl(request),
      "GET /developer-log/:id": (request) => api.#log(request),
    });
    handle = async (request) => {
      const line = `${request.method} ${request.path}`;
      api.requests.push(line);
      const headers = { Date: new Date(api.#now()).toUTCString() };
      try {
        const fault = api.behaviour.faults.findIndex(({ when }) => when.test(line));
        if (fault >= 0) return api.behaviour.faults.splice(fault, 1)[0]?.answer ?? { status: 500 };
        if (request.path.startsWith("/notary/")) api.#authenticate(request.headers.authorization);
        else if (request.headers.authorization !== undefined)
          throw refusal(400, "a token was sent where it does not belong");
        const found = route(request.method, request.path);
        if (found === undefined) throw refusal(404, "no such resource");
        return { headers, ...(await found[0]({ ...request, params: found[1] })) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { ...error.answer, headers: { ...headers, ...error.answer.headers } };
      }
    };
    return api;
  }

  async close(): Promise<void> {
    await Promise.all([this.#close(), this.s3.close()]);
  }

  /** The bytes that were uploaded for a submission. */
  uploaded(id: string): Buffer | undefined {
    return this.s3.objects.get(`${BUCKET}/${this.submissions.get(id)?.object}`);
  }

  #now(): number {
    return Date.now() + this.behaviour.clockSkew;
  }

  #authenticate(authorization = ""): void {
    const [header = "", payload = "", signature = ""] = authorization.replace(/^Bearer /, "").split(".");
    const key = { key: this.#publicKey, dsaEncoding: "ieee-p1363" } as const;
    const isSigned = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
    if (!isSigned) throw unauthenticated();
    const { alg, kid, typ } = decode(header);
    const { iss, iat, exp, aud } = decode(payload);
    const now = this.#now() / 1000;
    const isKnown = alg === "ES256" && typ === "JWT" && kid === this.keyId && iss === this.issuer;
    const isCurrent = Number(exp) > now && Number(iat) <= now + 5 && Number(exp) - Number(iat) <= 1200;
    if (!isKnown || !isCurrent || aud !== "appstoreconnect-v1") throw unauthenticated();
  }

  #submit({ body }: Request): Answer {
    const { submissionName, sha256 } = JSON.parse(body.toString()) as Record<string, unknown>;
    if (typeof submissionName !== "string" || !/\.(zip|dmg|pkg)$/.test(submissionName)) {
      throw refusal(422, "submissionName must end in zip, dmg or pkg");
    }
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw refusal(422, "sha256 is malformed");
    const id = randomUUID();
    const credentials = {
      accessKeyId: `ASIA${id.slice(0, 8)}`,
      secretAccessKey: randomBytes(20).toString("hex"),
      sessionToken: randomBytes(40).toString("base64"),
    };
    this.s3.issue(credentials);
    const object = `prod/AROA:${id}`;
    this.submissions.set(id, { name: submissionName, sha256, object, accessKeyId: credentials.accessKeyId, polls: 0 });
    const attributes = {
      awsAccessKeyId: credentials.accessKeyId,
      awsSecretAccessKey: credentials.secretAccessKey,
      awsSessionToken: credentials.sessionToken,
      bucket: BUCKET,
      object,
    };
    return { status: 200, body: { data: { attributes, id, type: "newSubmissions" }, meta: {} } };
  }

  /** The submissions, newest first ("Get Previous Submissions"). */
  #list(): Answer {
    const data = [...this.submissions].map(([id, submission]) => {
      const status = submission.polls > this.behaviour.slowness ? this.behaviour.verdict : "In Progress";
      return {
        attributes: { createdDate: "2026-01-01T00:00:00.000Z", name: submission.name, status },
        id,
        type: "submissions",
      };
    });
    return { status: 200, body: { data: data.reverse(), meta: {} } };
  }

  #status({ params }: Request): Answer {
    const { id, submission } = this.#find(params);
    // Without an upload, a submission stays in progress forever, as at Apple's service.
    if (this.uploaded(id) !== undefined) submission.polls += 1;
    const isDone = submission.polls > this.behaviour.slowness;
    const attributes = {
      createdDate: "2026-01-01T00:00:00.000Z",
      name: submission.name,
      status: isDone ? this.behaviour.verdict : "In Progress",
    };
    return { status: 200, body: { data: { attributes, id, type: "submissions" }, meta: {} } };
  }

  #logUrl({ params }: Request): Answer {
    const { id, submission } = this.#find(params);
    if (submission.polls <= this.behaviour.slowness) throw refusal(404, "Submission log is not yet available");
    const attributes = { developerLogUrl: `${this.url}/developer-log/${id}?X-Amz-Signature=secret` };
    return { status: 200, body: { data: { attributes, id, type: "submissionsLog" }, meta: {} } };
  }

  async #log({ params }: Request): Promise<Answer> {
    const { id, submission } = this.#find(params);
    const bytes = this.uploaded(id) ?? Buffer.alloc(0);
    const isAccepted = this.behaviour.verdict === "Accepted";
    return {
      status: 200,
      body: {
        logFormatVersion: 1,
        jobId: id,
        status: this.behaviour.verdict,
        statusSummary: isAccepted ? "Ready for distribution" : "Archive contains critical validation errors",
        statusCode: isAccepted ? 0 : 4000,
        archiveFilename: submission.name,
        uploadDate: "2026-01-01T00:00:00Z",
        // Apple gives the hash of what it received, whatever hash was announced.
        sha256: createHash("sha256").update(bytes).digest("hex"),
        ticketContents:
          isAccepted && !("ticketContents" in this.behaviour.log) ? await ticketOf(submission.name, bytes) : null,
        issues: this.behaviour.issues.length === 0 ? null : this.behaviour.issues,
        ...this.behaviour.log,
      },
    };
  }

  #find(params: Request["params"]): { id: string; submission: Received } {
    const id = params["id"] ?? "";
    const submission = this.submissions.get(id);
    if (submission === undefined) throw refusal(404, "There is no resource of type 'submissions' with this id");
    return { id, submission };
  }
}

/** One entry for each architecture of each binary in the upload. */
async function ticketOf(name: string, bytes: Buffer): Promise<object[]> {
  using folder = new FileTree();
  const file = folder.path(name);
  await writeFile(file, bytes);
  const entries: object[] = [];
  for await (const binary of readContents(await openProduct(file))) {
    if (binary.kind !== "binary") continue;
    for (const { image, signature } of (await checkSigning(binary.bytes)).images) {
      if (signature === undefined) continue;
      const cdhash = bestCodeDirectory(signature).cdhash;
      entries.push({ path: `${name}/${binary.path}`, digestAlgorithm: "SHA-256", cdhash, arch: image.architecture });
    }
  }
  return entries;
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
}

function unauthenticated(): Refusal {
  return refusal(401, "Provide a properly configured and signed bearer token, and make sure that it has not expired.");
}

/** The form of App Store Connect's errors ("ErrorResponse"). */
function refusal(status: number, detail: string): Refusal {
  return new Refusal(status, { errors: [{ status: String(status), code: "ERROR", title: "Request refused", detail }] });
}
