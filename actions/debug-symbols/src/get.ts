import { type HttpResponse, retryAfter, TransientError, type Transport } from "@release-actions/http";
import { Fault } from "@release-actions/report";

const MAX_REDIRECTS = 5;

export interface GetOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Whether a missing file may appear soon, so that another attempt makes sense. */
  readonly mayAppear: boolean;
}

/**
 * Downloads a file from the address that a server gave: follows redirects, but never from https to http. Sends no
 * credentials.
 *
 * @throws TransientError when another attempt may succeed, Fault for other answers
 */
export async function getFile(url: URL, { transport, signal, mayAppear }: GetOptions): Promise<HttpResponse> {
  let target = url;
  for (let hops = 0; ; hops += 1) {
    const answer = await transport({ url: target, headers: { "Accept-Encoding": "identity" }, signal });
    const { status, headers } = answer;
    if (status === 200) return answer;
    answer.body.destroy();
    if ((status === 404 && mayAppear) || status === 429 || status >= 500) {
      throw new TransientError(`${target.host} answered ${status}`, { retryAfterMs: retryAfter(headers) });
    }
    const next = headers.location === undefined ? null : URL.parse(headers.location, target.href);
    const isSafe = next !== null && (next.protocol === "https:" || next.origin === url.origin);
    if (![301, 302, 303, 307, 308].includes(status) || !isSafe || hops === MAX_REDIRECTS) {
      throw new Fault(`${url.href} answered ${status}, expected the file`);
    }
    target = next;
  }
}
