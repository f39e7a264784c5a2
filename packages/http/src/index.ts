export { AccessError, RateLimitError, RefusedError, TransferError } from "./faults.ts";
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
