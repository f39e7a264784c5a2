import { describe, expect, test } from "@jest/globals";
import { zip } from "@release-actions/archive/testing";
import { artifactContent } from "./archive-stream.ts";
import { checkImageArchive } from "./check-image-archive.ts";
import type { ImageArchive } from "./image-archive.ts";
import { repackForLoad } from "./load-stream.ts";
import { selectImage } from "./select-image.ts";
import { archiveReaders, chunked } from "./testing/archive-readers.ts";
import { addImage, digestOf, dockerArchive, type Files, layout, soundLayout, tarOf } from "./testing/crafted-image.ts";
import { ODD_ARCHIVES, REFUSED_ARCHIVES, twoImages } from "./testing/odd-archives.ts";

const amd64 = { os: "linux", architecture: "amd64" };

describe.each(archiveReaders)("archives that other loaders accept, %s", (way, read) => {
  test.each(ODD_ARCHIVES)("accepts $title", async ({ title, make }) => {
    const bytes = make(["one", "two"]);
    if (way === "indexed by ranged reads" && /sparse|around/.test(title)) {
      await expect(read(bytes)).rejects.toThrow(/sparse file|compressed with \w+ as a whole/);
      return;
    }
    const archive = await read(bytes);
    expect(selectImage(archive, amd64).platform.os).toBe("linux");
  });

  test.each(["architecture", "os"])(
    "accepts a config without `%s` as an image for the engine's platform",
    async (key) => {
      const files: Files = {};
      const { platform: _, ...image } = addImage(files, { config: { [key]: undefined } });
      const archive = await read(tarOf(layout(files, [image])));
      expect(selectImage(archive, amd64).platform).toEqual(expect.objectContaining(amd64));
    },
  );

  test.each(REFUSED_ARCHIVES)("refuses %s, and describes it", async (_title, make, message) => {
    await expect(read(make()).then((archive) => selectImage(archive, amd64))).rejects.toThrow(message);
  });
});

describe("the input `image`", () => {
  const { files, one, two } = twoImages();
  const twoImageArchive = tarOf(files);

  async function chosen(bytes: Buffer, image: string): Promise<ImageArchive> {
    let found: ImageArchive | undefined;
    const approve = (archive: ImageArchive) => {
      found = archive;
      return selectImage(archive, amd64);
    };
    for await (const _ of repackForLoad(chunked(bytes), approve, { store: "containerd", image }));
    if (found === undefined) throw new Error("nothing was approved");
    return found;
  }

  test.each<[string, string]>([
    ["one:1", one],
    ["docker.io/library/one:1", one],
    ["ghcr.io/acme/two:2", two],
    [two, two],
  ])("%s selects an image of an OCI archive", async (image, digest) => {
    expect(await chosen(twoImageArchive, image)).toMatchObject({ digest });
  });

  test("selects an image of a docker archive by name or by config digest", async () => {
    const [first, second] = [
      dockerArchive(),
      dockerArchive({ layers: ["three"], entry: { RepoTags: ["localhost/other:1"] } }),
    ];
    const entries = [first, second].flatMap((it) => JSON.parse(it["manifest.json"]?.toString() ?? "[]"));
    const archive = tarOf({ ...first, ...second, "manifest.json": Buffer.from(JSON.stringify(entries)) });
    const other = await chosen(archive, "localhost/other:1");
    expect(other).toMatchObject({ names: ["localhost/other:1"] });
    expect((await chosen(archive, other.digest)).digest).toBe(other.digest);
    await expect(chosen(archive, "localhost/third:1")).rejects.toThrow(
      'the archive has no image "localhost/third:1"; it has localhost/app:1, localhost/other:1',
    );
  });
});

test.each(archiveReaders)(
  "reads a docker archive with an image for each of two platforms by platform, %s",
  async (_way, read) => {
    const [one, two] = ["amd64", "arm64"].map((architecture) =>
      dockerArchive({ layers: [architecture], layerPath: () => `${architecture}/layer.tar`, config: { architecture } }),
    );
    const entries = [one, two].flatMap((it) => JSON.parse(String(it?.["manifest.json"])));
    const manifest = Buffer.from(JSON.stringify(entries));
    const archive = await read(tarOf({ ...one, ...two, "manifest.json": manifest }));
    expect(archive).toMatchObject({ identity: "manifest.json", digest: digestOf(manifest) });
    for (const [index, architecture] of ["amd64", "arm64"].entries()) {
      const image = selectImage(archive, { os: "linux", architecture });
      expect(image.config.path).toBe(entries[index].Config);
    }
  },
);

test("ignores files that macOS adds to a zip", async () => {
  const archive = tarOf(soundLayout());
  const packed = zip([
    { name: "__MACOSX/._restate.tar", data: "x" },
    { name: "restate.tar", data: archive },
    { name: ".DS_Store", data: "x" },
  ]);
  const content = await checkImageArchive(artifactContent(chunked(packed)));
  expect(content.archive.images).toHaveLength(1);
});
