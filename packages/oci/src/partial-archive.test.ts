import { describe, expect, test } from "@jest/globals";
import { indexTar, memorySource, readExactly, WindowedSource } from "@release-actions/archive";
import type { Digest } from "./digest.ts";
import { type BlobPlace, type IndexedArchive, indexImageArchive } from "./index-image-archive.ts";
import { loadedIds } from "./layout-tail.ts";
import { partialArchive } from "./partial-archive.ts";
import { selectImage } from "./select-image.ts";
import {
  addImage,
  addIndex,
  dockerArchive,
  type Files,
  LAYER,
  layout,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

const amd64 = { os: "linux", architecture: "amd64" };
const arm64 = { os: "linux", architecture: "arm64" };

async function opened(files: Files) {
  const source = new WindowedSource(memorySource(tarOf(files)));
  return { source, indexed: await indexImageArchive(source) };
}

/** The files of the partial archive, and the ranks at which its blobs were read. */
async function part(
  files: Files,
  platform: typeof amd64,
  choose: (layers: Digest[]) => Iterable<Digest>,
  read?: (place: BlobPlace) => AsyncIterable<Uint8Array>,
) {
  const { source, indexed } = await opened(files);
  const image = selectImage(indexed.archive, platform);
  const digests = new Set(choose(image.layers.flatMap(({ digest }) => digest ?? [])));
  const ranks: number[] = [];
  const chunks: Uint8Array[] = [];
  const written = (async () => {
    for await (const chunk of partialArchive(indexed, image, digests, (place, rank) => {
      ranks.push(rank);
      return read?.(place) ?? source.read(place.offset, place.size);
    }))
      chunks.push(chunk);
  })();
  const output = async (): Promise<Buffer> => {
    await written;
    return Buffer.concat(chunks);
  };
  return { output, ranks, written, chunks, image, indexed };
}

async function contentOf(tar: Buffer): Promise<Map<string, string>> {
  const source = memorySource(tar);
  const { members, hasEndBlocks } = await indexTar(source);
  expect(hasEndBlocks).toBe(true);
  const files = new Map<string, string>();
  for (const { path, offset, size } of members.values()) {
    files.set(path, Buffer.from(await readExactly(source, offset, size)).toString("hex"));
  }
  return files;
}

describe("an archive with some of the layers", () => {
  test("has the requested layers, the config and all documents, in the requested order", async () => {
    const files = soundLayout({ layers: ["one", "two", "three"] });
    const { output, ranks, image, indexed } = await part(files, amd64, (layers) => layers.toReversed().slice(0, 2));
    const content = await contentOf(await output());
    const [, two, three] = image.layers.map(({ path }) => path);
    expect([...content.keys()]).toEqual([
      three,
      two,
      image.config.path,
      pathOf(indexed.archive.digest),
      "index.json",
      "oci-layout",
    ]);
    for (const [path, bytes] of content) if (path !== "index.json") expect(bytes).toBe(files[path]?.toString("hex"));
    expect(ranks).toEqual([1, 2, 3]);
    expect(JSON.parse(Buffer.from(content.get("index.json") ?? "", "hex").toString())).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [
        {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest: indexed.archive.digest,
          size: image.manifest?.bytes.length,
        },
      ],
    });
  });

  test("has each blob once", async () => {
    const { output, ranks, image } = await part(soundLayout({ layers: ["one", "one"] }), amd64, (layers) => layers);
    await output();
    expect(image.layers).toHaveLength(2);
    expect(ranks).toEqual([1, 2]);
  });

  test.each([
    [
      "is not in the archive",
      () => new Set<Digest>([`sha256:${"0".repeat(64)}`]),
      "missing",
      "the archive does not contain the blob sha256:0000",
    ],
  ] as const)("is refused when a blob %s", async (_name, choose, problem, message) => {
    const { written } = await part(soundLayout(), amd64, choose);
    await expect(written).rejects.toMatchObject({ problem, message: expect.stringContaining(message) });
  });

  test.each(["sha256", "sha512"] as const)("never lists an image with a changed blob with %s", async (algorithm) => {
    const { written, chunks } = await part(
      soundLayout({ algorithm }),
      amd64,
      (layers) => layers.slice(1),
      async function* ({ size }) {
        yield Buffer.alloc(size);
      },
    );
    await expect(written).rejects.toMatchObject({
      problem: "mismatch",
      message: expect.stringMatching(
        `^the blob ${algorithm}:\\w+ has the digest ${algorithm}:\\w+: its content was changed$`,
      ),
    });
    expect(Buffer.concat(chunks).includes("index.json")).toBe(false);
  });
});

describe("the identity of a loaded image", () => {
  async function ids(files: Files, platform = amd64) {
    const { indexed }: { indexed: IndexedArchive } = await opened(files);
    const image = selectImage(indexed.archive, platform);
    return { ...loadedIds(indexed.archive, image), image, archive: indexed.archive };
  }

  test("is the index of the archive, for containerd", async () => {
    const files: Files = {};
    const index = addIndex(files, [addImage(files), addImage(files, { platform: arm64, layers: ["arm"] })]);
    const { containerd, classic, image } = await ids(layout(files, [index]), arm64);
    expect([containerd, classic]).toEqual([index.digest, image.config.digest]);
  });

  test("is the manifest when index.json lists several", async () => {
    const files: Files = {};
    const [one, two] = [addImage(files), addImage(files, { platform: arm64, layers: ["arm"] })];
    expect((await ids(layout(files, [one, two]), arm64)).containerd).toBe(two.digest);
  });

  test("is unknown for containerd when a layer is compressed and its type says that it is not", async () => {
    const files: Files = {};
    const image = addImage(files, { layers: ["one"] });
    const manifest = JSON.parse(files[pathOf(image.digest)]?.toString() ?? "");
    const plain = { ...manifest.layers[0], mediaType: LAYER };
    const mislabelled = layout(files, [addImage(files, { layers: ["one"], manifest: { layers: [plain] } })]);
    expect((await ids(mislabelled)).containerd).toBeUndefined();
  });

  test("is the manifest that is created for a docker archive when the digests of its layers are known", async () => {
    const { containerd, archive } = await ids(dockerArchive());
    expect(containerd).toBe(archive.root?.digest);
    expect((await ids(dockerArchive({ compression: "gzip" }))).containerd).toBeUndefined();
  });

  test.each([
    ["gzip", true],
    ["zstd", true],
    ["none", true],
    ["xz", false],
    ["bzip2", false],
  ] as const)("is known for containerd with layers in %s: %s", async (compression, isKnown) => {
    const { containerd, archive } = await ids(soundLayout({ compression }));
    expect(containerd).toBe(isKnown ? archive.digest : undefined);
  });
});
