/** The kind of credentials that a registry demands (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lowercase. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parses the first challenge of a `WWW-Authenticate` header; undefined when the header is malformed. */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest = ""] = /^\s*([A-Za-z][\w-]*)(?:\s+(.*))?$/s.exec(header) ?? [];
  if (scheme === undefined) return undefined;
  const parameters = new Map<string, string>();
  for (const [, key = "", quoted, plain = ""] of rest.matchAll(
    /([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
  )) {
    parameters.set(key.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1"));
  }
  return { scheme: scheme.toLowerCase(), parameters };
}
