import { describe, expect, test } from "@jest/globals";
import type { Compression, ImageArchive, Layer, Wrapping } from "@release-actions/oci";
import { zstdHint } from "./zstd-hint.ts";

const digest = `sha256:${"0".repeat(64)}` as const;

function layer(path: string, size: number, compression: Compression): Layer {
  return { path, size, compression, digest, diffId: digest };
}

function hint(images: readonly (readonly Layer[])[], wrapping: Wrapping = "none"): string | undefined {
  const archive: ImageArchive = {
    kind: "oci-layout",
    digest,
    identity: "descriptor",
    root: undefined,
    names: [],
    absentPlatforms: [],
    documents: new Map(),
    images: images.map((layers) => ({
      platform: { os: "linux", architecture: "amd64" },
      namesPlatform: true,
      manifest: undefined,
      layers,
      missing: [],
      config: { digest, size: 1, path: "config" },
    })),
  };
  return zstdHint({ archive, wrapping, size: 100_000_000 });
}

describe("zstdHint", () => {
  test("names the total size of the gzip layers, and counts each layer once", () => {
    const shared = layer("base", 40_000_000, "gzip");
    const one = [shared, layer("one", 5_000_000, "gzip")];
    const other = [shared, layer("other", 5_000_000, "zstd")];
    expect(hint([one, other])).toMatch(/^45\.0 MB of layers are gzip\..*compression=zstd,force-compression=true/);
  });

  test("mentions the transfer when the layers are not compressed", () => {
    expect(hint([[layer("plain", 40_000_000, "none")]])).toMatch(/are not compressed.*transferred/);
  });

  test("advises against compressing the archive as a whole", () => {
    expect(hint([[layer("a", 40_000_000, "none")]], "gzip")).toMatch(/compressed with gzip as a whole/);
  });

  test.each<[string, readonly Layer[]]>([
    ["already zstd", [layer("a", 400_000_000, "zstd")]],
    ["small", [layer("a", 9_000_000, "gzip"), layer("b", 400_000_000, "zstd")]],
    ["missing", []],
  ])("says nothing when the layers are %s", (_, layers) => {
    expect(hint([layers])).toBeUndefined();
  });
});
