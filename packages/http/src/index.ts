export { DEFAULT_PATIENCE, type Patience, Retries, retrying, TransferError, TransientError } from "./retry.ts";
export {
  createTransport,
  excerpt,
  type HttpRequest,
  type HttpResponse,
  readText,
  retryAfter,
  type Transport,
  transient,
} from "./transport.ts";
