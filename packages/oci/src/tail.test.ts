import { describe, expect, test } from "@jest/globals";
import {
  indexTar,
  memorySource,
  type PrefetchingSource,
  TAR_END,
  tarFile,
  WindowedSource,
} from "@release-actions/archive";
import { BlobForecast } from "./blob-forecast.ts";
import { parseIndex } from "./documents.ts";
import { readTail, type Tail } from "./tail.ts";
import {
  addAttestation,
  addImage,
  addIndex,
  type Files,
  layout,
  MANIFEST,
  pathOf,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

const tailOf = (tar: Buffer) => readTail(new WindowedSource(memorySource(tar)));
const digestsOf = (tail: Tail | undefined) => tail?.index.manifests.map(({ digest }) => digest);
const listed = (files: Files): string[] =>
  JSON.parse(files["index.json"]?.toString() ?? "").manifests.map(({ digest }: { digest: string }) => digest);

describe("the tail of a tar", () => {
  const files = soundLayout();

  test("shows the index before oci-layout and the end blocks", async () => {
    expect(digestsOf(await tailOf(tarOf(files)))).toEqual(listed(files));
  });

  test.each([1, 511])("shows the index before %d bytes that are not a block", async (more) => {
    expect(digestsOf(await tailOf(Buffer.concat([tarOf(files), Buffer.alloc(more, 1)])))).toEqual(listed(files));
  });

  test("shows an index at the very start and at the very end", async () => {
    const only = tarFile("index.json", files["index.json"] ?? "");
    expect(await tailOf(Buffer.from(only))).toMatchObject({ index: { manifests: [expect.anything()] }, blobs: [] });
    expect(await tailOf(Buffer.from(tarFile("index.jsox", files["index.json"] ?? "")))).toBeUndefined();
  });

  test("is the last 64 KiB", async () => {
    const index = tarFile("index.json", files["index.json"] ?? "");
    const behind = (bytes: number) => tailOf(Buffer.concat([index, Buffer.alloc(bytes)]));
    expect((await behind(64 * 1024 - index.length))?.index.manifests).toHaveLength(1);
    expect(await behind(64 * 1024 - index.length + 512)).toBeUndefined();
  });

  test("shows the last of several indexes", async () => {
    const two = [tarFile("index.json", '{"manifests":[]}'), tarFile("index.json", files["index.json"] ?? "")];
    expect((await tailOf(Buffer.concat([...two, TAR_END])))?.index.manifests).toHaveLength(1);
  });

  test("shows the blobs with their offsets in the tar", async () => {
    const tar = Buffer.concat([tarFile("large", Buffer.alloc(1 << 20)), tarOf(files)]);
    const blobs = Object.entries(files).filter(([path]) => path.startsWith("blobs/"));
    const shown = (await tailOf(tar))?.blobs ?? [];
    expect(shown.map(({ path, offset, size }) => [path, tar.subarray(offset, offset + size)])).toEqual(blobs.sort());
  });

  test("shows the root document of the only entry, with the digest that the entry says", async () => {
    const [digest = ""] = listed(files);
    const root = { mediaType: MANIFEST, digest, bytes: files[pathOf(digest)] };
    expect((await tailOf(tarOf(files)))?.root).toEqual(root);
    const crafted: Files = {};
    const index = addIndex(crafted, [addImage(crafted)]);
    expect((await tailOf(tarOf(layout(crafted, [index]))))?.root).toMatchObject({ digest: index.digest });
  });

  test.each<[string, (files: Files, digest: string) => Files]>([
    ["there are two entries", (all) => layout(all, [addImage(all), addImage(all, { layers: ["other"] })])],
    ["the index is empty", (all) => layout(all, [])],
    ["it is not there", (all, digest) => ({ ...all, [pathOf(digest)]: undefined })],
    ["it has another digest", (all, digest) => ({ ...all, [pathOf(digest)]: Buffer.from("{}") })],
    ["it is not a document", (all) => layout(all, [{ ...addImage(all), mediaType: "application/octet-stream" }])],
  ])("shows no root document when %s", async (_title, change) => {
    const changed = change({ ...files }, listed(files)[0] ?? "");
    expect(await tailOf(tarOf(changed))).toMatchObject({ root: undefined, index: expect.anything() });
  });

  test("does not need the headers that are damaged or only look like one", async () => {
    const damaged = tarFile("blobs/sha256/0", "x").fill(0x39, 148, 156);
    const name = Buffer.concat([Buffer.from("blobs/sha256/1\0"), Buffer.alloc(512)]).subarray(0, 512);
    const tail = await tailOf(Buffer.concat([damaged, name, tarFile("index.json", files["index.json"] ?? "")]));
    expect(digestsOf(tail)).toEqual(listed(files));
    expect(tail?.blobs).toEqual([]);
  });

  test("shows no blob that ends after the archive", async () => {
    const index = tarFile("index.json", files["index.json"] ?? "");
    const blob = Buffer.from(tarFile("blobs/sha256/0", Buffer.alloc(1000)));
    const blobsOf = async (size: number) =>
      (await tailOf(Buffer.concat([index, blob.subarray(0, size)])))?.blobs.map(({ path }) => path);
    expect(await blobsOf(512 + 1024)).toEqual(["blobs/sha256/0"]);
    expect(await blobsOf(512 + 512)).toEqual([]);
  });

  test.each<[name: string, tar: Buffer]>([
    ["an empty file", Buffer.alloc(0)],
    ["a short file", Buffer.from("index.json")],
    ["a name without a header", Buffer.concat([Buffer.from("index.json\0"), Buffer.alloc(1024)])],
    ["another file whose name starts the same", Buffer.from(tarFile("index.json.bak", files["index.json"] ?? ""))],
    ["a document that is not JSON", Buffer.from(tarFile("index.json", "<html>"))],
    ["a truncated index", Buffer.from(tarFile("index.json", files["index.json"] ?? "")).subarray(0, 512)],
  ])("shows nothing in %s", async (_name, tar) => expect(await tailOf(tar)).toBeUndefined());

  test("is not read when the work is cancelled", async () => {
    const source = new WindowedSource(memorySource(tarOf(files)));
    await expect(readTail(source, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  });
});

describe("BlobForecast", () => {
  const WINDOW = 4096;
  const indexOf = (files: Files) => parseIndex(files["index.json"] ?? Buffer.of(), "index.json");

  /** The prefetched offsets by the path of the member at which they are prefetched, and the ends of members. */
  async function walk(files: Files, make: (files: Files) => Buffer = tarOf, inTail = (_path: string) => false) {
    const tar = make(files);
    const memory = memorySource(tar);
    const fetched: Record<string, number[]> = {};
    let current: number[] = [];
    const source: PrefetchingSource = {
      ...memory,
      windowBytes: WINDOW,
      prefetch: (offset) => void current.push(offset),
      slice: () => source,
    };
    const { members } = await indexTar(memory);
    const forecast = new BlobForecast(source, {
      index: indexOf(files),
      blobs: [...members.values()].filter(({ path }) => inTail(path)),
    });
    for (const member of members.values()) {
      current = [];
      await forecast.onMember(member);
      if (current.length > 0) fetched[member.path] = current;
    }
    const endOf = (path: string): number => (members.get(path)?.offset ?? 0) + (members.get(path)?.size ?? 0);
    return { fetched, endOf };
  }

  /** An image with most of its layers after the manifest, most of them too large for one window. */
  function crafted(layers: number, small = 0): { files: Files; manifest: string; behind: string[] } {
    for (let seed = 0; ; seed += 1) {
      const files: Files = {};
      const contents = Array.from({ length: layers + small }, (_, index) =>
        index < layers ? Buffer.alloc(3 * WINDOW, `${seed} ${index} `) : Buffer.from(`${seed} ${index}`),
      );
      const image = addImage(files, { layers: contents, compression: "none" });
      const manifest = pathOf(image.digest);
      const behind = Object.keys(files)
        .filter((path) => path > manifest)
        .sort();
      // The order depends on the digests: some blobs come before the manifest, and more after it.
      if (behind.length < Object.keys(files).length - 1 && behind.length > (layers + small) / 2)
        return { files: layout(files, [image]), manifest, behind };
    }
  }

  test("fetches the header after each large blob when it has read the manifest", async () => {
    const { files, manifest, behind } = crafted(8);
    const { fetched, endOf } = await walk(files);
    const large = behind.filter((path) => (files[path]?.length ?? 0) >= WINDOW);
    expect(large.length).toBeGreaterThan(3);
    expect(fetched).toEqual({ [manifest]: large.map(endOf) });
  });

  test("fetches the header after each large blob at the first member when the tail has the manifest", async () => {
    const { files, manifest } = crafted(8);
    const { fetched, endOf } = await walk(files, tarOf, (path) => path === manifest);
    const [first = "", ...rest] = Object.keys(files)
      .filter((path) => path.startsWith("blobs/"))
      .sort();
    expect(first < manifest).toBe(true);
    const large = rest.filter((path) => (files[path]?.length ?? 0) >= WINDOW);
    expect(fetched).toEqual({ [first]: large.map(endOf) });
  });

  test("does not fetch headers that come with the previous one", async () => {
    const { files, manifest, behind } = crafted(3, 9);
    const { fetched, endOf } = await walk(files);
    const large = behind.filter((path) => (files[path]?.length ?? 0) >= WINDOW);
    expect(fetched[manifest] ?? []).toEqual(large.map(endOf));
  });

  test("fetches at most 64 at once", async () => {
    const { files, manifest, behind } = crafted(140);
    const { fetched, endOf } = await walk(files);
    expect(behind.length).toBeGreaterThan(65);
    expect(fetched[manifest]).toEqual(
      behind
        .filter((path) => (files[path]?.length ?? 0) >= WINDOW)
        .slice(0, 64)
        .map(endOf),
    );
  });

  test("waits for the manifests of all images, but not for those of attestations", async () => {
    const files: Files = {};
    const layer = (content: string): Buffer => Buffer.alloc(3 * WINDOW, content);
    const images = ["amd64", "arm64"].map((architecture) =>
      addImage(files, {
        platform: { os: "linux", architecture },
        layers: [layer(architecture), layer(`${architecture} too`)],
        compression: "none",
      }),
    );
    const index = addIndex(files, [...images, ...images.map((image) => addAttestation(files, image))]);
    const { fetched } = await walk(layout(files, [index]));
    const last =
      [index, ...images]
        .map(({ digest }) => pathOf(digest))
        .sort()
        .at(-1) ?? "";
    for (const path of Object.keys(fetched)) expect(path >= last).toBe(true);
  });

  test("fetches nothing when a manifest cannot be read", async () => {
    const { files, manifest } = crafted(8);
    const broken = { ...files, [manifest]: Buffer.from("{}") };
    expect((await walk(broken)).fetched).toEqual({});
  });

  test("fetches nothing for a manifest that is too long", async () => {
    const { files, manifest } = crafted(8);
    const long = Buffer.concat([files[manifest] ?? Buffer.of(), Buffer.alloc(4 << 20, " ")]);
    expect((await walk({ ...files, [manifest]: long })).fetched).toEqual({});
  });

  test("reads a manifest that comes before the index that lists it", async () => {
    const { files, manifest } = crafted(8);
    const index = addIndex(files, JSON.parse(files["index.json"]?.toString() ?? "").manifests);
    const first = (all: Files): Buffer => {
      const { [manifest]: content, ...rest } = all;
      return Buffer.concat([tarFile(manifest, content ?? ""), tarOf(rest)]);
    };
    const { fetched } = await walk(layout(files, [index]), first);
    expect(Object.keys(fetched)).toEqual([pathOf(index.digest)]);
  });

  test("passes on errors of the source", async () => {
    const { files, manifest } = crafted(2);
    const source: PrefetchingSource = {
      size: 1e6,
      windowBytes: WINDOW,
      prefetch: () => undefined,
      slice: () => source,
      // biome-ignore lint/correctness/useYield: It fails before the first byte.
      async *read() {
        throw new Error("connection lost");
      },
    };
    const forecast = new BlobForecast(source, { index: indexOf(files), blobs: [] });
    const { members } = await indexTar(memorySource(tarOf(files)));
    const member = members.get(manifest);
    if (member === undefined) throw new Error("the tar has no manifest");
    await expect(forecast.onMember(member)).rejects.toThrow("connection lost");
  });
});
