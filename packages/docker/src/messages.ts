import { parseJson } from "@release-actions/json";
import { EngineError } from "./fault.ts";
import type { Bytes } from "./transport.ts";

/** The size limit for a message; real messages are far smaller. */
const MAX_MESSAGE_BYTES = 1 << 20;

const NEWLINE = 0x0a;
const SPACE = 0x20;

/**
 * Reads the messages of a long-running call: one JSON object per line (moby `pkg/jsonmessage`).
 *
 * @throws EngineError for a message that reports an error (such a call has status 200) and for a line that is not a
 * JSON object.
 */
export async function* readMessages(body: Bytes, doing: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const line of lines(body, doing)) {
    if (line.every((byte) => byte <= SPACE)) continue;
    const message = parseMessage(line, doing);
    const error = errorOf(message);
    if (error !== undefined) throw new EngineError(doing, error);
    yield message;
  }
}

async function* lines(body: Bytes, doing: string): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end)]);
      [pending, size, start] = [[], 0, end + 1];
    }
    pending.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > MAX_MESSAGE_BYTES) throw new EngineError(doing, `a message of more than ${MAX_MESSAGE_BYTES} bytes`);
  }
  yield Buffer.concat(pending);
}

function parseMessage(line: Buffer, doing: string): Readonly<Record<string, unknown>> {
  const value = parseJson(line, { source: `a message of the engine (${doing})`, maxBytes: MAX_MESSAGE_BYTES });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EngineError(doing, `${line.toString("utf8").slice(0, 200)}, which is not a message`);
}

/** Docker sends `errorDetail` and, for old clients, `error`; podman only the latter. */
function errorOf(message: Readonly<Record<string, unknown>>): string | undefined {
  const { errorDetail, error } = message;
  if (typeof errorDetail === "object" && errorDetail !== null && "message" in errorDetail)
    return String(errorDetail.message);
  return error === undefined || error === null ? undefined : String(error);
}
