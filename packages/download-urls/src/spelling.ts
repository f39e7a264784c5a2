/** How a document writes the characters of a URL. What replaces one is written in the same way. */
export interface Spelling {
  readonly name: "plain" | "json" | "percent";
  /** Regular expressions, case-insensitive, for `:`, `/` and one character of a path segment. */
  readonly colon: string;
  readonly slash: string;
  readonly segmentCharacter: string;
  /** What may not come directly before: part of a longer address. */
  readonly notAfter: string;
  readonly encode: (url: string) => string;
  readonly decode: (text: string) => string;
}

/**
 * What GitHub keeps in the name of an asset and git in the name of a tag, and the placeholders that
 * formulae, scripts and pages have in their place: `#{version}`, `${VERSION:-1}`, `$VERSION`, `$(VERSION)`, `{version}`,
 * `{{ version }}`, `<version>`. Only known words stand in angle brackets, as everything else there is HTML.
 * The alternatives begin differently, so that matching takes linear time.
 */
const SEGMENT_CHARACTER = String.raw`(?:[\w.+@~%-]|#\{[^{}"\s]+\}|\$\{\w+(?::?[-+=?][^{}"\s]*)?\}|\$\(\w+\)|\$(?=\w)|\{\{ ?[\w.]+ ?\}\}|\{[\w.-]+\}|<(?:version|ver|tag|release|target|triple|platform|arch|os|cpu|name|file|app)>)`;

export const SPELLINGS: readonly Spelling[] = [
  {
    name: "plain",
    colon: ":",
    slash: "/",
    segmentCharacter: SEGMENT_CHARACTER,
    notAfter: "[/+]",
    encode: (url) => url,
    decode: (text) => text,
  },
  {
    // JSON allows `\/` (RFC 8259, section 7), and PHP and others write it.
    name: "json",
    colon: ":",
    slash: String.raw`\\/`,
    segmentCharacter: SEGMENT_CHARACTER,
    notAfter: "[/+]",
    encode: (url) => url.replaceAll("/", "\\/"),
    decode: (text) => text.replaceAll("\\/", "/"),
  },
  {
    // A URL as a value in the query of another one.
    name: "percent",
    colon: "%3A",
    slash: "%2F",
    segmentCharacter: String.raw`(?:[\w.~-]|%(?:2B|40|25[0-9A-F]{2}))`,
    notAfter: "%2F|%2B|[/+]",
    encode: encodeURIComponent,
    decode: decodeURIComponent,
  },
];
