import { Refusal, type Request } from "../http.ts";
import type { Permission, Repository } from "../model.ts";
import { timestamp } from "../time.ts";
import type { Grant, World } from "../world.ts";

const DOCS = "https://docs.github.com/rest";

export function notFound(): Refusal {
  return new Refusal(404, { message: "Not Found", documentation_url: DOCS, status: "404" });
}

export function unprocessable(resource: string, field: string, code: string): Refusal {
  const errors = [{ resource, code, field }];
  return new Refusal(422, { message: "Validation Failed", errors, documentation_url: DOCS, status: "422" });
}

/** The grant of the request's token; undefined without a token. Refuses a token that was not issued. */
export function grantOf(world: World, request: Request): Grant | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const grant = world.tokens.get(/^(?:Bearer|token) (.+)$/i.exec(header)?.[1] ?? "");
  if (grant === undefined)
    throw new Refusal(401, { message: "Bad credentials", documentation_url: DOCS, status: "401" });
  return grant;
}

/**
 * The repository that a request names, if the caller has this permission there. A private repository that the caller
 * cannot see is answered like one that does not exist.
 */
export function authorize(
  world: World,
  request: Request,
  permission: Permission,
  access: "read" | "write",
): Repository {
  const grant = grantOf(world, request);
  const repository = world.repository(`${request.params["owner"]}/${request.params["repo"]}`);
  if (repository === undefined) throw notFound();
  if (grant?.repository === repository) {
    const held = grant.permissions[permission];
    if (held === "write" || held === access) return repository;
    throw notAccessible();
  }
  if (repository.private) throw notFound();
  if (access === "read") return repository;
  throw grant === undefined ? new Refusal(401, { message: "Requires authentication", status: "401" }) : notAccessible();
}

/** Counts a request and returns the headers about the limit. Refuses the request when a limit is reached. */
export function countRequest(world: World): Record<string, string> {
  const { rateLimit } = world;
  if (rateLimit.resetsAt.getTime() <= Date.now()) {
    rateLimit.remaining = rateLimit.limit;
    rateLimit.resetsAt = new Date(Date.now() + 3_600_000);
  }
  if (rateLimit.secondary.times > 0) {
    rateLimit.secondary.times -= 1;
    const message = `You have exceeded a secondary rate limit. Please wait a few minutes before you try again.`;
    const body = { message, documentation_url: `${DOCS}/overview/rate-limits-for-the-rest-api`, status: "403" };
    throw new Refusal(403, body, { ...headers(world), "retry-after": String(rateLimit.secondary.retryAfterSeconds) });
  }
  if (rateLimit.remaining <= 0) {
    const message = `API rate limit exceeded for installation. If you reach out to GitHub Support for help, please include the request ID and timestamp ${timestamp(new Date())}.`;
    const body = { message, documentation_url: `${DOCS}/overview/rate-limits-for-the-rest-api`, status: "403" };
    throw new Refusal(403, body, headers(world));
  }
  rateLimit.remaining -= 1;
  return headers(world);
}

function headers({ rateLimit }: World): Record<string, string> {
  return {
    "x-ratelimit-limit": String(rateLimit.limit),
    "x-ratelimit-remaining": String(rateLimit.remaining),
    "x-ratelimit-used": String(rateLimit.limit - rateLimit.remaining),
    "x-ratelimit-reset": String(Math.ceil(rateLimit.resetsAt.getTime() / 1000)),
    "x-ratelimit-resource": "core",
  };
}

function notAccessible(): Refusal {
  const body = { message: "Resource not accessible by integration", documentation_url: DOCS, status: "403" };
  return new Refusal(403, body);
}
