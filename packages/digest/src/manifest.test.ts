import { describe, expect, test } from "@jest/globals";
import { DigestError } from "./algorithm.ts";
import { formatManifest, type Manifest, parseManifest } from "./manifest.ts";

const HEX = "0".repeat(64);
const manifest: Manifest = {
  context: new Map([
    ["target", "x86_64-unknown-linux-musl"],
    ["build-command", "cargo build -p a -p b"],
    ["__proto__", "a key like any other"],
  ]),
  files: [
    { kind: "symlink", path: "ä", target: "bin/a" },
    { kind: "file", path: "bin/a", size: 3, mode: 0o755, digests: { sha256: HEX, blake3: HEX } },
    { kind: "file", path: "B", size: 0, mode: 0o644, digests: { blake3: HEX } },
  ],
};

function valid(): { context: Record<string, unknown>; files: Record<string, unknown>[] } & Record<string, unknown> {
  return JSON.parse(formatManifest(manifest));
}

describe("formatManifest", () => {
  test("sorts keys and files by code unit", () => {
    const text = formatManifest(manifest);
    expect(text).toBe(
      formatManifest({ context: new Map([...manifest.context].reverse()), files: [...manifest.files].reverse() }),
    );
    expect(JSON.parse(text)).toMatchObject({ format: "build-manifest", version: 1 });
    expect([...text.matchAll(/"path": "(.*)"/g)].map(([, path]) => path)).toEqual(["B", "bin/a", "ä"]);
    expect(text).toContain('"mode": "0755"');
  });

  test("indents by two spaces, for people", () => {
    expect(formatManifest(manifest).split("\n")[1]).toBe('  "format": "build-manifest",');
  });

  test("is read back unchanged", () => {
    const sorted = [...manifest.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    const read = parseManifest(formatManifest(manifest), "m.json");
    expect(read.files).toEqual(sorted);
    expect(new Map(read.context)).toEqual(manifest.context);
  });
});

describe("parseManifest", () => {
  const entry = { path: "a", size: 1, mode: "0644", blake3: HEX };

  test("sorts the files by code unit, in whatever order the manifest lists them", () => {
    const files = ["b", "a", "B"].map((path) => ({ ...entry, path }));
    const read = parseManifest(JSON.stringify({ ...valid(), files }), "m.json");
    expect(read.files.map(({ path }) => path)).toEqual(["B", "a", "b"]);
  });

  test("shows the first 80 characters of a long value", () => {
    const text = JSON.stringify({ ...valid(), format: "x".repeat(1000) });
    expect(() => parseManifest(text, "m.json")).toThrow(`"format" is "${"x".repeat(79)}, expected`);
  });

  test.each(["00644", "06444", "644", "0694", "x0644"])("refuses the mode %s", (mode) => {
    const text = JSON.stringify({ ...valid(), files: [{ ...entry, mode }] });
    expect(() => parseManifest(text, "m.json")).toThrow("expected four octal digits");
  });

  test("accepts a path of the system's maximum length, and no longer one", () => {
    const named = (length: number) => JSON.stringify({ ...valid(), files: [{ ...entry, path: "a".repeat(length) }] });
    expect(parseManifest(named(4095), "m.json").files).toHaveLength(1);
    expect(() => parseManifest(named(4096), "m.json")).toThrow("expected one inside the build");
  });

  test.each([
    ["text that is not JSON", "<html>", /^m\.json is not a build manifest: it is not JSON/],
    ["an empty file", "", /it is not JSON/],
    ["null", "null", /expected a JSON object/],
    ["a list", "[]", /expected a JSON object/],
    ["another format", JSON.stringify({ ...valid(), format: "sbom" }), /"format" is "sbom", expected "build-manifest"/],
    ["a future version", JSON.stringify({ ...valid(), version: 2 }), /"version" is 2, expected 1/],
    ["a context that is a list", JSON.stringify({ ...valid(), context: null }), /"context" is not an object/],
    [
      "a number in the context",
      JSON.stringify({ ...valid(), context: { epoch: 0 } }),
      /the context's "epoch" is 0, expected a string/,
    ],
    ["files that are an object", JSON.stringify({ ...valid(), files: {} }), /"files" is not a list/],
    ["no files", JSON.stringify({ ...valid(), files: [] }), /it lists no files/],
    ["a file that is listed twice", JSON.stringify({ ...valid(), files: [entry, entry] }), /"a" is listed twice/],
  ])("refuses %s (F124)", (_name, text, message) => {
    const failing = (): unknown => parseManifest(text, "m.json");
    expect(failing).toThrow(message);
    expect(failing).toThrow(DigestError);
  });

  test.each([
    ["no path", { ...entry, path: undefined }, /file 1: "path" is absent/],
    ["a path upwards", { ...entry, path: "a/../../b" }, /"path" is "a\/\.\.\/\.\.\/b", expected one inside the build/],
    ["a path through the folder itself", { ...entry, path: "a/./b" }, /expected one inside the build/],
    ["an absolute path", { ...entry, path: "/etc/passwd" }, /expected one inside the build/],
    ["a path with NUL", { ...entry, path: "a\0" }, /expected one inside the build/],
    ["an empty digest", { ...entry, blake3: "" }, /"blake3" of a is "", expected 64 lowercase hex characters/],
    ["an uppercase digest", { ...entry, blake3: "A".repeat(64) }, /expected 64 lowercase hex characters/],
    ["no digest", { ...entry, blake3: undefined }, /a has no digest, expected blake3 or sha256/],
    ["a negative size", { ...entry, size: -1 }, /"size" of a is -1, expected a count of bytes/],
    ["a size in words", { ...entry, size: "1" }, /"size" of a is "1"/],
    ["a decimal mode", { ...entry, mode: 420 }, /"mode" of a is 420, expected four octal digits/],
    ["a link whose target is a number", { path: "a", symlink: 1 }, /"symlink" of a is 1, expected a path/],
    ["null", null, /file 1: expected an object/],
  ])("refuses an entry with %s", (_name, item, message) => {
    expect(() => parseManifest(JSON.stringify({ ...valid(), files: [item] }), "m.json")).toThrow(message);
  });
});
