import { describe, expect, test } from "@jest/globals";
import { memorySource, WindowedSource } from "@release-actions/archive";
import {
  addAttestation,
  addBlob,
  addImage,
  addIndex,
  type Files,
  INDEX,
  layout,
  pathOf,
  soundLayout,
  tarOf,
} from "@release-actions/oci/testing";
import { hasStatements, withCompressedLayers } from "./compressed-documents.ts";
import { type PushableImage, readImage } from "./image.ts";

const read = (files: Files): Promise<PushableImage> =>
  readImage("widget.tar", new WindowedSource(memorySource(tarOf(files))), new AbortController().signal);

describe("readImage", () => {
  test("leaves out blobs that no manifest refers to", async () => {
    const files = soundLayout();
    const before = await read(files);
    const stray = addBlob(files, "text/plain", "nobody names this");
    const after = await read(files);
    expect(after.blobs.map(({ digest }) => digest)).toEqual(before.blobs.map(({ digest }) => digest));
    expect(after.blobs.map(({ digest }) => String(digest))).not.toContain(stray.digest);
  });

  test("refuses two images for one platform, which a registry would treat as one image", async () => {
    const files: Files = {};
    const named = (layer: string, tag: string) => ({
      ...addImage(files, { layers: [layer] }),
      annotations: { "org.opencontainers.image.ref.name": tag },
    });
    const [one, other] = [named("one", "v1"), named("two", "v2")];
    await expect(read(layout({ ...files }, [one, other]))).rejects.toThrow("the archive holds 2 images: v1, v2");
    // Two names may refer to the same image.
    const again = { ...one, annotations: { "org.opencontainers.image.ref.name": "latest" } };
    expect((await read(layout({ ...files }, [one, again]))).root.digest).toBe(one.digest);
  });

  test("names attestations that are listed but missing, before it pushes anything", async () => {
    const files: Files = {};
    const image = addImage(files);
    const attestation = addAttestation(files, image);
    files[pathOf(attestation.digest)] = undefined;
    const lacking = layout(files, [addIndex(files, [image, attestation])]);
    await expect(read(lacking)).rejects.toThrow(
      `widget.tar lists attestations that it does not contain: ${attestation.digest}`,
    );
  });

  test("returns each document after those it refers to, in whatever order nested indexes list them", async () => {
    const files: Files = {};
    const [one, other] = [addImage(files), addImage(files, { platform: { os: "linux", architecture: "arm64" } })];
    const inner = addIndex(files, [other]);
    const middle = addIndex(files, [inner]);
    const { documents } = await read(layout(files, [addIndex(files, [middle, one, inner])]));
    const order = documents.map(({ digest }) => String(digest));
    expect(order).toHaveLength(4);
    expect(order.indexOf(other.digest)).toBeLessThan(order.indexOf(inner.digest));
    expect(order.indexOf(inner.digest)).toBeLessThan(order.indexOf(middle.digest));
  });
});

describe("withCompressedLayers", () => {
  const digest = `sha256:${"a".repeat(64)}` as const;

  test("replaces the changed layer in each document up to the root, and nothing else", async () => {
    const files: Files = {};
    const plain = addImage(files, {
      layers: ["same", "own"],
      compression: "none",
      manifest: { annotations: { a: "b" } },
    });
    const packed = addImage(files, { platform: { os: "linux", architecture: "arm64" } });
    const image = await read(layout(files, [addIndex(files, [plain, packed], { annotations: { c: "d" } })]));
    expect(image.oddLayers.size).toBe(2);
    const [replaced = ""] = image.oddLayers.keys();
    const before = [...image.documents, image.root];
    const after = withCompressedLayers(before, new Map([[replaced, { digest, size: 7 }]]));
    const json = after.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()));
    expect(after[1]).toBe(before[1]);
    expect(json[0]).toMatchObject({ annotations: { a: "b" }, config: { size: expect.any(Number) } });
    expect(json[0].layers[0]).toEqual({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest,
      size: 7,
    });
    expect(json[2].annotations).toEqual({ c: "d" });
    expect(json[2].manifests[0]).toMatchObject({ digest: after[0]?.digest, size: after[0]?.bytes.length });
    expect(json[2].manifests[1].digest).toBe(packed.digest);
  });

  test.each([
    [
      "an index with an attestation",
      true,
      (files: Files, image: ReturnType<typeof addImage>) => [addAttestation(files, image)],
    ],
    [
      "a signature that names its subject",
      true,
      (files: Files, image: ReturnType<typeof addImage>) => [addImage(files, { manifest: { subject: image } })],
    ],
    ["an index of images", false, (files: Files) => [addImage(files, { layers: ["other"] })]],
  ])("%s contains statements about a digest: %s", (_title, expected, more) => {
    const files: Files = {};
    const image = addImage(files);
    const entries = [image, ...more(files, image)];
    const documents = [...entries, addIndex(files, entries)].map((it) => ({
      mediaType: INDEX,
      digest: it.digest as `sha256:${string}`,
      bytes: files[pathOf(it.digest)] ?? Buffer.alloc(0),
    }));
    expect(hasStatements(documents)).toBe(expected);
  });
});
