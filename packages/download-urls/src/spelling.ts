/** How a document writes the characters of a URL. A replacement is written in the same way. */
export interface Spelling {
  /** Case-insensitive regular expressions for `:`, `/` and one character of a path segment. */
  readonly colon: string;
  readonly slash: string;
  readonly segmentCharacter: string;
  /** A regular expression for characters that may not precede a URL, because it would be part of a longer address. */
  readonly notAfter: string;
  readonly encode: (url: string) => string;
  readonly decode: (text: string) => string;
}

/**
 * The characters that GitHub allows in the name of an asset and git in the name of a tag, and the placeholders that
 * formulae, scripts and pages use instead: `#{version}`, `${VERSION:-1}`, `$VERSION`, `$(VERSION)`, `{version}`,
 * `{{ version }}`, `<version>`. Only known words in angle brackets are placeholders, since anything else is HTML. No
 * two alternatives begin alike, so matching takes linear time.
 */
const SEGMENT_CHARACTER = String.raw`(?:[\w.+@~%-]|#\{[^{}"\s]+\}|\$\{\w+(?::?[-+=?][^{}"\s]*)?\}|\$\(\w+\)|\$(?=\w)|\{\{ ?[\w.]+ ?\}\}|\{[\w.-]+\}|<(?:version|ver|tag|release|target|triple|platform|arch|os|cpu|name|file|app)>)`;

export const SPELLINGS: readonly Spelling[] = [
  {
    colon: ":",
    slash: "/",
    segmentCharacter: SEGMENT_CHARACTER,
    notAfter: "[/+]",
    encode: (url) => url,
    decode: (text) => text,
  },
  {
    // JSON allows `\/` for a slash (RFC 8259, section 7), which PHP and others write.
    colon: ":",
    slash: String.raw`\\/`,
    segmentCharacter: SEGMENT_CHARACTER,
    notAfter: "[/+]",
    encode: (url) => url.replaceAll("/", "\\/"),
    decode: (text) => text.replaceAll("\\/", "/"),
  },
  {
    // A URL in the query of another URL.
    colon: "%3A",
    slash: "%2F",
    segmentCharacter: String.raw`(?:[\w.~-]|%(?:2B|40|25[0-9A-F]{2}))`,
    notAfter: "%2F|%2B|[/+]",
    encode: encodeURIComponent,
    decode: decodeURIComponent,
  },
];
