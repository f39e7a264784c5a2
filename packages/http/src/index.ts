export { AccessError, RefusedError, TransferError } from "./faults.ts";
export { createFetch, type Fetch, type FetchInit } from "./fetch.ts";
export {
  type Clock,
  DEFAULT_PATIENCE,
  type Patience,
  Retries,
  type RetryOptions,
  retrying,
  SYSTEM_CLOCK,
  TransientError,
} from "./retry.ts";
export {
  type Agents,
  createAgents,
  createTransport,
  excerpt,
  type HttpRequest,
  type HttpResponse,
  readBody,
  readText,
  retryAfter,
  type Transport,
  transient,
} from "./transport.ts";
