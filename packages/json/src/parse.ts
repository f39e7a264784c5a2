import { formatBytes } from "@release-actions/report";
import { type Decoder, JsonError } from "./decoder.ts";
import { requireUnambiguous } from "./unambiguous.ts";

export interface ParseOptions {
  /** What the text is and where it comes from, for messages: "the plan in dist-manifest.json". */
  readonly source: string;
  /** The size limit, in bytes of UTF-8. */
  readonly maxBytes: number;
  /**
   * Refuses JSON that two parsers may read differently, for documents that other programs will read too: a byte order
   * mark, a duplicate key, `__proto__`, nesting beyond `MAX_DEPTH`.
   */
  readonly strict?: boolean;
}

/**
 * Parses JSON from an external source. It must be UTF-8; a byte order mark is skipped (RFC 8259, section 8.1).
 *
 * @throws JsonError naming the source when it is empty, too large, not UTF-8 or not JSON.
 */
export function parseJson(content: string | Uint8Array, { source, maxBytes, strict = false }: ParseOptions): unknown {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
  if (size > maxBytes) {
    throw new JsonError(`${source} is ${formatBytes(size)}, expected at most ${formatBytes(maxBytes)}`);
  }
  const whole = typeof content === "string" ? content : decodeUtf8(content, source);
  const json = whole.replace(/^\uFEFF/, "");
  if (strict && json !== whole) throw new JsonError(`${source} begins with a byte order mark`);
  if (json.trim() === "") throw new JsonError(`${source} is empty, expected JSON`);
  const value = parseSyntax(json, source);
  if (strict) requireUnambiguous(json, source);
  return value;
}

/**
 * Parses and decodes in one step.
 *
 * @throws JsonError that names the source and the place in it
 */
export function decodeJson<T>(content: string | Uint8Array, decoder: Decoder<T>, options: ParseOptions): T {
  const value = parseJson(content, options);
  try {
    return decoder(value, "");
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new JsonError(`${options.source}: ${error.message}`);
  }
}

function parseSyntax(json: string, source: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new JsonError(`${source} is not JSON: it starts with ${JSON.stringify(json.trim().slice(0, 40))}`, { cause });
  }
}

function decodeUtf8(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new JsonError(`${source} is not UTF-8 text`, { cause });
  }
}
