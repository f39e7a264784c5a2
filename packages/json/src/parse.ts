import { formatBytes } from "@release-actions/report";
import { type Decoder, JsonError } from "./decoder.ts";
import { requireUnambiguous } from "./unambiguous.ts";

export interface ParseOptions {
  /** For messages: what the text is and where it came from, such as "the plan in dist-manifest.json". */
  readonly source: string;
  /** In bytes of UTF-8. */
  readonly maxBytes: number;
  /**
   * Refuse what two parsers may read differently, for documents that others will read again: a byte order
   * mark, a key told twice, `__proto__`, nesting beyond `MAX_DEPTH`.
   */
  readonly strict?: boolean;
}

/**
 * Parses JSON that somebody else wrote. UTF-8 only; a byte order mark is skipped (RFC 8259, section 8.1).
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

/** Parses and decodes in one step. Errors name the source and the place in it. */
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
