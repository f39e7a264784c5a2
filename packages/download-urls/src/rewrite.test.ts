import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CHECKSUMS_AND_SIGNATURES, fileFilter } from "./file-filter.ts";
import { parseGateway, parseRepository } from "./gateway.ts";
import { type RewriteOptions, rewriteUrls } from "./rewrite.ts";

const GITHUB = "https://github.com/acme/widget/releases/download";
const GATEWAY = "https://acme.gateway.scarf.sh/widget";
const gateway = parseGateway(GATEWAY, parseRepository("acme/widget"));
const isWanted = fileFilter([], CHECKSUMS_AND_SIGNATURES);

const to =
  (direction: RewriteOptions["direction"], options: Partial<RewriteOptions> = {}) =>
  (text: string) =>
    rewriteUrls(text, { gateway, direction, isWanted, ...options });
const rewrite = (text: string): string => to("to-gateway")(text).text;
const reverse = (text: string): string => to("to-github")(text).text;

test.each(
  `checksums.txt widget_1.2.3_checksums.txt SHA256SUMS SHA256SUMS.txt a.sha1 a.md5 a.zip.sig a.zip.asc cosign.bundle
  multiple.intoto.jsonl dist-manifest.json a.zip.sha256 sha256.sum a.pem a.sigstore.json`.split(/\s+/),
)("keeps %s, which verifies other files, on GitHub", (file) => {
  expect(rewrite(`${GITHUB}/v1/${file}`)).toBe(`${GITHUB}/v1/${file}`);
});

test("rewrites 25,000 URLs in one text", () => {
  const line = `| [x](${GITHUB}/v1/a.tar.xz) | ${"y".repeat(100)} |\n`;
  const { changed } = to("to-gateway")(line.repeat(25_000));
  expect(changed).toHaveLength(25_000);
  expect(changed.at(-1)?.line).toBe(25_000);
});

describe("rewriteUrls", () => {
  test.each<[name: string, before: string, after: string]>([
    ["Markdown", `[x](${GITHUB}/v1/a.tar.xz)`, `[x](${GATEWAY}/v1/a.tar.xz)`],
    ["a Markdown autolink", `<${GITHUB}/v1/a.tar.xz>`, `<${GATEWAY}/v1/a.tar.xz>`],
    [
      "Markdown in bold, and in code",
      `**${GITHUB}/v1/a.zip** \`${GITHUB}/v1/b.zip\``,
      `**${GATEWAY}/v1/a.zip** \`${GATEWAY}/v1/b.zip\``,
    ],
    ["HTML", `<a href="${GITHUB}/v1/a.tar.xz">`, `<a href="${GATEWAY}/v1/a.tar.xz">`],
    ["HTML without quotes", `<a href=${GITHUB}/v1/a.tar.xz>x</a>`, `<a href=${GATEWAY}/v1/a.tar.xz>x</a>`],
    ["Ruby", `  url "${GITHUB}/v1.2.3/a.tar.xz"\n`, `  url "${GATEWAY}/v1.2.3/a.tar.xz"\n`],
    ["Ruby in single quotes", `url '${GITHUB}/v1/a.zip'`, `url '${GATEWAY}/v1/a.zip'`],
    [
      "Ruby with interpolation",
      `url "${GITHUB}/v#{version}/a-#{Hardware::CPU.arch}.zip"`,
      `url "${GATEWAY}/v#{version}/a-#{Hardware::CPU.arch}.zip"`,
    ],
    [
      "a shell script",
      `curl -L ${GITHUB}/v$VERSION/a-\${ARCH}.zip|tar x`,
      `curl -L ${GATEWAY}/v$VERSION/a-\${ARCH}.zip|tar x`,
    ],
    ["a variable with a default", `${GITHUB}/v\${V:-1}/a-\${ARCH}.zip`, `${GATEWAY}/v\${V:-1}/a-\${ARCH}.zip`],
    ["a makefile", `${GITHUB}/v$(VERSION)/a.zip`, `${GATEWAY}/v$(VERSION)/a.zip`],
    ["a placeholder in braces", `${GITHUB}/v{version}/a-{target}.zip`, `${GATEWAY}/v{version}/a-{target}.zip`],
    ["a placeholder for readers", `${GITHUB}/v<version>/a-<arch>.zip`, `${GATEWAY}/v<version>/a-<arch>.zip`],
    ["an HTML line break after it", `${GITHUB}/v1/a.zip<br>`, `${GATEWAY}/v1/a.zip<br>`],
    [
      "Markdown's emphasis",
      `_${GITHUB}/v1/a.zip_ ~~${GITHUB}/v1/b.zip~~`,
      `_${GATEWAY}/v1/a.zip_ ~~${GATEWAY}/v1/b.zip~~`,
    ],
    [
      "a checksum in Markdown's emphasis, which is kept",
      `_${GITHUB}/v1/a.zip.sha256_ ~~${GITHUB}/v1/SHA256SUMS~~`,
      `_${GITHUB}/v1/a.zip.sha256_ ~~${GITHUB}/v1/SHA256SUMS~~`,
    ],
    ["JSON after an escaped line break", `"See\\n${GITHUB}/v1/a.zip\\n"`, `"See\\n${GATEWAY}/v1/a.zip\\n"`],
    [
      "JSON with escaped slashes",
      `"${GITHUB}/v1/a.zip"`.replaceAll("/", "\\/"),
      `"${GATEWAY}/v1/a.zip"`.replaceAll("/", "\\/"),
    ],
    ["a percent-encoded tag", `${GITHUB}/v1%2Bhotfix.1/a.zip`, `${GATEWAY}/v1%2Bhotfix.1/a.zip`],
    ["a tag with a plus", `${GITHUB}/v1+hotfix.1/a.zip`, `${GATEWAY}/v1+hotfix.1/a.zip`],
    ["a tag with a slash", `${GITHUB}/widget/v1/a.zip`, `${GATEWAY}/widget/v1/a.zip`],
    [
      "a URL encoded as a whole",
      `?url=${encodeURIComponent(`${GITHUB}/v1+x/a.zip`)}&y`,
      `?url=${encodeURIComponent(`${GATEWAY}/v1+x/a.zip`)}&y`,
    ],
    ["a query", `${GITHUB}/v1/a.zip?raw=1&x=2`, `${GATEWAY}/v1/a.zip?raw=1&x=2`],
    ["a fragment", `${GITHUB}/v1/a.zip#sha256=abc`, `${GATEWAY}/v1/a.zip#sha256=abc`],
    [
      "the end of a sentence",
      `Get ${GITHUB}/v1/a.zip. Or ${GITHUB}/v1/b.zip, or…`,
      `Get ${GATEWAY}/v1/a.zip. Or ${GATEWAY}/v1/b.zip, or…`,
    ],
    [
      "another spelling of the repository's case",
      "https://GitHub.com/Acme/Widget/releases/download/v1/a.zip",
      `${GATEWAY}/v1/a.zip`,
    ],
    ["two consecutive URLs", `${GITHUB}/v1/a.zip ${GITHUB}/v1/b.zip`, `${GATEWAY}/v1/a.zip ${GATEWAY}/v1/b.zip`],
  ])("rewrites %s", (_name, before, after) => {
    expect(rewrite(before)).toBe(after);
    expect(reverse(after).toLowerCase()).toBe(before.toLowerCase());
  });

  test("leaves a percent-encoded URL alone that is the file name of another", () => {
    const inner = encodeURIComponent(`${GITHUB}/v1/a.tar.xz`);
    const { text, changed } = to("to-gateway")(`${GITHUB}/v1/${inner}`);
    expect(text).toBe(`${GATEWAY}/v1/${inner}`);
    expect(changed).toHaveLength(1);
  });

  test.each(["www.github.com", "github.com:443"])("rewrites URLs of %s, which is also GitHub", (host) => {
    expect(rewrite(`https://${host}/acme/widget/releases/download/v1/a.zip`)).toBe(`${GATEWAY}/v1/a.zip`);
  });

  test.each<[name: string, text: string]>([
    [
      "a repository whose name starts with the same letters",
      "https://github.com/acme/widget-server/releases/download/v1/a.zip",
    ],
    [
      "a repository whose name starts with the same letters and a dot",
      "https://github.com/acme/widget.js/releases/download/v1/a.zip",
    ],
    ["an owner whose name ends with the same letters", "https://github.com/bigacme/widget/releases/download/v1/a.zip"],
    [
      "another host that starts with the same letters",
      "https://github.com.evil.example/acme/widget/releases/download/v1/a.zip",
    ],
    ["another host that ends with the same letters", "https://notgithub.com/acme/widget/releases/download/v1/a.zip"],
    ["an archived copy", `https://web.archive.org/web/2024/${GITHUB}/v1/a.zip`],
    ["an archived copy, percent-encoded", `https://web.archive.org/web%2F${encodeURIComponent(`${GITHUB}/v1/a.zip`)}`],
    ["another scheme", `git+${GITHUB}/v1/a.zip`],
    ["plain HTTP, which is a separate problem", `${GITHUB}/v1/a.zip`.replace("https", "http")],
    ["a page of a release", "https://github.com/acme/widget/releases/tag/v1"],
    ["the latest download, which has no tag", "https://github.com/acme/widget/releases/latest/download/a.zip"],
    ["a folder", `${GITHUB}/v1/a.zip/`],
    ["a tag without a file", `"${GITHUB}/v1.2.3"`],
    ["a checksum", `${GITHUB}/v1/a.zip.sha256`],
    ["all checksums, and a signature", `${GITHUB}/v1/sha256.sum ${GITHUB}/v1/a.zip.asc`],
    ["an empty text", ""],
  ])("does not change %s", (_name, text) => {
    expect(to("to-gateway")(text)).toEqual({ text, changed: [], alreadyRight: [] });
  });

  test("rewrites only releases of a GitHub Enterprise server when one is given", () => {
    const enterprise = parseGateway(GATEWAY, parseRepository("acme/widget", "https://github.acme.dev:8443/"));
    const url = "https://github.acme.dev:8443/acme/widget/releases/download/v1/a.zip";
    const text = to("to-gateway", { gateway: enterprise })(`${url} ${GITHUB}/v1/a.zip`).text;
    expect(text).toBe(`${GATEWAY}/v1/a.zip ${GITHUB}/v1/a.zip`);
  });

  test("reports the line and the original of each URL", () => {
    const { changed, alreadyRight } = to("to-gateway")(`one\r\n${GITHUB}/v1/a.zip\r\n\r\n${GATEWAY}/v1/b.zip\n`);
    expect(changed).toEqual([
      { line: 2, tag: "v1", file: "a.zip", githubUrl: `${GITHUB}/v1/a.zip`, gatewayUrl: `${GATEWAY}/v1/a.zip` },
    ]);
    expect(alreadyRight).toMatchObject([{ line: 4, file: "b.zip" }]);
  });

  test("rewrites only included files, in any case, by their decoded names", () => {
    const options = { isWanted: fileFilter(["widget-*.tar.?z"], ["*-musl*"]) };
    const text = `${GITHUB}/v1/widget-a.tar.xz ${GITHUB}/v1/widget-musl.tar.xz ${GITHUB}/v1/Widget%2Da.tar.gz ${GITHUB}/v1/other.tar.xz`;
    expect(to("to-gateway", options)(text).changed.map((url) => url.file)).toEqual([
      "widget-a.tar.xz",
      "Widget%2Da.tar.gz",
    ]);
  });

  test("keeps every byte of an unknown encoding", () => {
    const bytes = Buffer.concat([
      Buffer.of(0xef, 0xbb, 0xbf, 0xe9, 0x80, 0x0d, 0x0a),
      Buffer.from(`${GITHUB}/v1/a.zip`),
      Buffer.of(0xff, 0x00),
    ]);
    const written = Buffer.from(rewrite(bytes.toString("latin1")), "latin1");
    expect(written).toEqual(
      Buffer.concat([bytes.subarray(0, 7), Buffer.from(`${GATEWAY}/v1/a.zip`), Buffer.of(0xff, 0x00)]),
    );
  });

  test("takes linear time on adversarial text", () => {
    const started = performance.now();
    for (const filler of ["$a", "a.", "%2", "/a", "#{", "{{ a", "."]) rewrite(`${GITHUB}/${filler.repeat(50_000)}"`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("in a formula", () => {
  const formula = `  url "${GITHUB}/v1/a.zip"\r\n  sha256 "x"\r\n`;
  const mirrored = `  url "${GATEWAY}/v1/a.zip"\r\n  mirror "${GITHUB}/v1/a.zip"\r\n  sha256 "x"\r\n`;
  const withMirror = to("to-gateway", { formula: { mirror: true } });

  test("keeps GitHub's URL once as a mirror when requested", () => {
    expect(withMirror(formula).text).toBe(mirrored);
    expect(withMirror(mirrored)).toMatchObject({ text: mirrored, changed: [] });
  });

  test("adds the mirror to a URL that was rewritten before", () => {
    expect(withMirror(rewrite(formula)).text).toBe(mirrored);
  });

  test("never rewrites a mirror, and removes it together with the gateway", () => {
    const options = { formula: { mirror: false } };
    expect(to("to-gateway", options)(mirrored)).toMatchObject({ text: mirrored, changed: [] });
    expect(to("to-github", options)(mirrored).text).toBe(formula);
  });

  test("does not add a mirror for other URLs", () => {
    const other = `  url "https://example.com/a.zip"\n  url "${GATEWAY}/v1/a.zip.sha256"\n`;
    expect(withMirror(other).text).toBe(other);
  });
});

describe("for any text", () => {
  const name = fc.stringMatching(/^[\w+~-][\w.+~-]{0,8}[\w+~-]$/);
  const url = fc.tuple(fc.constantFrom(GITHUB, GATEWAY), name, name).map((parts) => parts.join("/"));
  const noise = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(GITHUB, "\r\n", '"', "https://github.com/acme/"),
  );
  const separator = fc.constantFrom(" ", '"', "\n", ")", "<", "'");
  const anyText = fc
    .array(fc.tuple(fc.oneof(url, noise), separator), { maxLength: 12 })
    .map((pieces) => pieces.flat().join(""));

  test("rewriting twice gives the same result as rewriting once", () => {
    fc.assert(fc.property(anyText, (text) => expect(rewrite(rewrite(text))).toBe(rewrite(text))));
  });

  test("rewriting can be reversed, and only changes URLs", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: written, changed } = to("to-gateway")(text);
        expect(reverse(written)).toBe(reverse(text));
        expect(written.length).toBe(text.length + changed.length * (GATEWAY.length - GITHUB.length));
        expect(written.replaceAll(GATEWAY, GITHUB)).toBe(text.replaceAll(GATEWAY, GITHUB));
      }),
    );
  });
});
