import { type Answer, Refusal, type Request } from "../http.ts";

/** Error codes of the protocol and their HTTP status: twitchtv.github.io/twirp/docs/errors.html. */
const STATUS = {
  malformed: 400,
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  bad_route: 404,
  already_exists: 409,
  failed_precondition: 412,
  resource_exhausted: 429,
  internal: 500,
  unavailable: 503,
} as const;

export function twirpError(code: keyof typeof STATUS, msg: string): Refusal {
  return new Refusal(STATUS[code], { code, msg });
}

export type Method = (message: Message, token: string) => Promise<Record<string, unknown>>;

/** Answers one call: POST of a JSON message to `/twirp/<package.Service>/<Method>`. */
export async function callTwirp(methods: Readonly<Record<string, Method>>, request: Request): Promise<Answer> {
  const method = Object.hasOwn(methods, request.path) ? methods[request.path] : undefined;
  if (method === undefined) throw twirpError("bad_route", `no handler for path "${request.path}"`);
  if (request.method !== "POST") {
    throw twirpError("bad_route", `unsupported method "${request.method}" (only POST is allowed)`);
  }
  const type = request.headers["content-type"] ?? "";
  if (type.split(";")[0]?.trim() !== "application/json") {
    throw twirpError("bad_route", `unexpected Content-Type: "${type}"`);
  }
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw twirpError("unauthenticated", "missing authorization token");
  return { status: 200, body: await method(new Message(request.body), token) };
}

/** A protobuf message in JSON. Field names may be in camel case or snake case, unknown fields are ignored. */
export class Message {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(body: Buffer) {
    try {
      const parsed: unknown = JSON.parse(body.toString("utf8"));
      if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new TypeError("not a message");
      this.#fields = Object.fromEntries(Object.entries(parsed).map(([key, value]) => [snakeCase(key), value]));
    } catch {
      throw twirpError("malformed", "the json request could not be decoded");
    }
  }

  /** A required string. */
  required(name: string): string {
    const value = this.string(name);
    if (value === undefined || value === "") throw twirpError("invalid_argument", `${name} is required`);
    return value;
  }

  /** A string or a `google.protobuf.StringValue`, which are the same in JSON. */
  string(name: string): string | undefined {
    return this.#read(name, (value) => (typeof value === "string" ? value : undefined));
  }

  /** int32, int64 and their wrappers; 64-bit numbers come as strings. */
  integer(name: string): number | undefined {
    return this.#read(name, (value) => {
      const written = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
      return Number.isSafeInteger(written) ? Number(written) : undefined;
    });
  }

  /** `google.protobuf.Timestamp`, which JSON writes as RFC 3339. */
  timestamp(name: string): Date | undefined {
    return this.#read(name, (value) => {
      const date = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : undefined;
      return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
    });
  }

  strings(name: string): readonly string[] {
    const list = this.#read(name, (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined,
    );
    return list ?? [];
  }

  #read<T>(name: string, parse: (value: unknown) => T | undefined): T | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) throw twirpError("malformed", "the json request could not be decoded");
    return parsed;
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
