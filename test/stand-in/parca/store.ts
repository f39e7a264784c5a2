import { createServer as createHttpServer } from "node:http";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { bytesOf, CODES, type Code, decode, encode, type Fields, frame, textOf, unframe } from "./grpc.ts";

const SERVICE = "/parca.debuginfo.v1alpha1.DebuginfoService/";
const STRATEGY_GRPC = 1;

interface Upload {
  readonly id: string;
  content: Buffer;
  finished: boolean;
}

/** What the debuginfod server serves for a build id that it has. */
export type Serving = "file" | "page" | "other-file" | "nothing";

interface Closable {
  close(): unknown;
  closeAllConnections(): void;
}

class Status extends Error {
  readonly code: Code;
  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A stand-in for Parca's debuginfo service and for the debuginfod server in front of it, written from the service's
 * protobuf definition and documented reasons. It keeps uploads by build id, accepts each once, and serves finished ones.
 */
export class ParcaStore {
  /** The address for the input `store-address`, without TLS. */
  readonly address: string;
  readonly debuginfod: string;
  readonly token: string;
  readonly uploads = new Map<string, Upload>();
  /** The called methods, in order. */
  readonly calls: string[] = [];
  /** The paths that were requested from debuginfod. */
  readonly asked: string[] = [];
  /** The errors with which the next calls of a method fail, one after the other. */
  readonly failures: { readonly method: string; readonly code: Code; readonly message: string }[] = [];
  serving: Serving = "file";
  /** Whether calls get no answer. */
  stalls = false;
  /** How many times debuginfod answers 404 before it serves a file. */
  unready = 0;
  readonly #servers: readonly Closable[];

  private constructor(token: string, ports: readonly [number, number], servers: readonly Closable[]) {
    this.token = token;
    this.address = `http://127.0.0.1:${ports[0]}`;
    this.debuginfod = `http://127.0.0.1:${ports[1]}`;
    this.#servers = servers;
  }

  static async start(token: string): Promise<ParcaStore> {
    const grpc = createServer();
    const sessions = new Set<{ destroy(): void }>();
    grpc.on("session", (session) => sessions.add(session));
    const web = createHttpServer();
    const ports = [await listen(grpc), await listen(web)] as const;
    const closeAllConnections = (): void => {
      for (const session of sessions) session.destroy();
    };
    const store = new ParcaStore(token, ports, [{ close: grpc.close.bind(grpc), closeAllConnections }, web]);
    grpc.on("stream", (stream, headers) => {
      void store.#answer(stream, String(headers[":path"]), String(headers["authorization"] ?? ""));
    });
    web.on("request", (request, response) => {
      store.asked.push(request.url ?? "");
      const [status, body] = store.#serve(request.url ?? "");
      response.writeHead(status, { "Content-Type": "application/octet-stream" }).end(body);
    });
    return store;
  }

  /** Forgets everything, for the next test. */
  reset(): void {
    this.uploads.clear();
    for (const list of [this.calls, this.asked, this.failures]) list.length = 0;
    this.serving = "file";
    this.stalls = false;
    this.unready = 0;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #answer(stream: ServerHttp2Stream, path: string, authorization: string): Promise<void> {
    stream.on("error", () => undefined);
    const messages = unframe(await buffer(stream).catch(() => Buffer.alloc(0))).map(decode);
    const headers = { ":status": 200, "content-type": "application/grpc" };
    try {
      const method = path.slice(SERVICE.length);
      this.calls.push(method);
      if (this.stalls) return;
      if (authorization !== `Bearer ${this.token}`) throw new Status("Unauthenticated", "invalid token");
      const planned = this.failures.findIndex((failure) => failure.method === method);
      const answer = this.#call(method, messages);
      if (planned >= 0) {
        const [failure] = this.failures.splice(planned, 1);
        if (failure !== undefined) throw new Status(failure.code, failure.message);
      }
      stream.respond(headers, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(frame(answer));
    } catch (error) {
      const { code, message } = error instanceof Status ? error : new Status("Unknown", String(error));
      stream.respond({ ...headers, "grpc-status": String(CODES[code]), "grpc-message": message }, { endStream: true });
    }
  }

  #call(method: string, messages: readonly Fields[]): Buffer {
    const [request = new Map()] = messages;
    switch (method) {
      case "ShouldInitiateUpload":
        return encode(this.#shouldInitiate(textOf(request, 1), request.get(3) === 1));
      case "InitiateUpload":
        return this.#initiate(request);
      case "Upload":
        return this.#upload(messages);
      case "MarkUploadFinished":
        this.#started(textOf(request, 1), textOf(request, 2)).finished = true;
        return Buffer.alloc(0);
      default:
        throw new Status("Unimplemented", `unknown method ${method}`);
    }
  }

  #shouldInitiate(buildId: string, isForced: boolean): { 1: boolean; 2: string } {
    if (!/^([0-9a-f]{2}){2,}$/.test(buildId)) throw new Status("InvalidArgument", "failed to validate input");
    const known = this.uploads.get(buildId);
    if (known === undefined) return { 1: true, 2: "First time we see this Build ID, therefore please upload!" };
    if (known.finished && isForced) return { 1: true, 2: "Debuginfo already exists, but forced to be uploaded again." };
    return known.finished
      ? { 1: false, 2: "Debuginfo already exists and is not marked as invalid, therefore no new upload is needed." }
      : {
          1: false,
          2: "A previous upload is still in-progress and not stale yet (only stale uploads can be retried).",
        };
  }

  #initiate(request: Fields): Buffer {
    const buildId = textOf(request, 1);
    if (textOf(request, 3) === "") throw new Status("InvalidArgument", "hash must be set");
    if (request.get(2) === undefined) throw new Status("InvalidArgument", "size must be set");
    const should = this.#shouldInitiate(buildId, request.get(4) === 1);
    if (!should[1]) throw new Status("FailedPrecondition", `upload should not have been attempted: ${should[2]}`);
    const upload = { id: `upload-${this.uploads.size + 1}`, content: Buffer.alloc(0), finished: false };
    this.uploads.set(buildId, upload);
    return encode({ 1: encode({ 1: buildId, 2: upload.id, 3: STRATEGY_GRPC }) });
  }

  #upload(messages: readonly Fields[]): Buffer {
    const [first, ...chunks] = messages;
    const info = decode(bytesOf(first ?? new Map(), 1) ?? Buffer.alloc(0));
    const upload = this.#started(textOf(info, 1), textOf(info, 2));
    upload.content = Buffer.concat(chunks.map((chunk) => bytesOf(chunk, 2) ?? Buffer.alloc(0)));
    return encode({ 1: textOf(info, 1), 2: upload.content.length });
  }

  #started(buildId: string, id: string): Upload {
    const upload = this.uploads.get(buildId);
    if (upload === undefined) throw new Status("FailedPrecondition", "the upload was not previously initiated");
    if (upload.id !== id) throw new Status("InvalidArgument", "upload id mismatch");
    return upload;
  }

  #serve(path: string): [number, Buffer | string] {
    const [, buildId = ""] = /^\/buildid\/([0-9a-f]+)\/debuginfo$/.exec(path) ?? [];
    const upload = this.uploads.get(buildId);
    if (upload?.finished !== true || this.serving === "nothing") return [404, "<html>not found</html>"];
    if (this.unready > 0) {
      this.unready -= 1;
      return [404, "<html>not found</html>"];
    }
    if (this.serving === "page") return [200, "<html>please log in</html>"];
    const wrong = Buffer.from("00".repeat(buildId.length / 2), "hex");
    const id = Buffer.from(buildId, "hex");
    if (this.serving === "file") return [200, upload.content];
    return [
      200,
      Buffer.from(upload.content.toString("hex").replaceAll(id.toString("hex"), wrong.toString("hex")), "hex"),
    ];
  }
}

async function listen(server: {
  listen(port: number, host: string): unknown;
  once(event: string, listener: () => void): unknown;
  address(): AddressInfo | string | null;
}): Promise<number> {
  server.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
