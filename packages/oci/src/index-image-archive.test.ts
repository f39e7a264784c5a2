import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource, readExactly, WindowedSource } from "@release-actions/archive";
import { zip } from "@release-actions/archive/testing";
import { digestOf } from "./digest.ts";
import { digestImageArchive, indexImageArchive } from "./index-image-archive.ts";
import { locateTar } from "./locate-tar.ts";
import {
  addAttestation,
  addImage,
  addIndex,
  dockerArchive,
  type Files,
  layout,
  soundLayout,
  tarOf,
} from "./testing/crafted-image.ts";

/** A slow source that counts its requests, and the rounds of simultaneous requests. */
function remote(bytes: Buffer) {
  const state = { requests: 0, rounds: 0, bytes: 0 };
  let inFlight = 0;
  const memory = memorySource(bytes);
  const source: RandomAccessSource = {
    size: bytes.length,
    async *read(offset, length, signal) {
      state.requests += 1;
      state.bytes += length;
      if (inFlight === 0) state.rounds += 1;
      inFlight += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight -= 1;
      yield* memory.read(offset, length, signal);
    },
  };
  return { windows: new WindowedSource(source), state };
}

async function index(windows: WindowedSource) {
  const located = await locateTar(windows);
  if (located.kind !== "anywhere") throw new Error(located.why);
  return { ...(await indexImageArchive(located.source)), source: located.source };
}

/** The content of a layer that is too large to be fetched along with a header, and does not compress. */
const large = (seed: number): string => {
  let state = seed;
  const digits = Array.from({ length: 100_000 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return String.fromCharCode(33 + (state % 90));
  });
  return digits.join("");
};

function largeLayout(layers: number): Files {
  const files: Files = {};
  const image = addImage(files, {
    layers: Array.from({ length: layers }, (_, seed) => large(seed)),
    compression: "none",
  });
  return layout(files, [addIndex(files, [image, addAttestation(files, image)])]);
}

describe("indexImageArchive", () => {
  test("finds the offset of every blob in a tar, in a zip and in docker's format", async () => {
    for (const files of [soundLayout(), dockerArchive(), largeLayout(2)]) {
      const tar = tarOf(files);
      for (const bytes of [tar, zip([{ name: "restate.tar", data: tar, descriptor: "signed" }])]) {
        const { archive, blobs, source } = await index(remote(bytes).windows);
        const wanted = archive.images.flatMap(({ config, layers }) => [config, ...layers]);
        expect(wanted.length).toBeGreaterThan(2);
        for (const { digest, size } of wanted) {
          const place = digest && blobs.get(digest);
          expect(place?.size).toBe(size);
          expect(place && digestOf(await readExactly(source, place.offset, place.size))).toBe(digest);
        }
      }
    }
  });

  test("fetches headers in parallel after it has read the image's manifest, and never fetches a layer", async () => {
    const files = largeLayout(40);
    const { windows, state } = remote(zip([{ name: "a", data: tarOf(files), descriptor: "signed" }]));
    const { archive } = await index(windows);
    expect(archive.images[0]?.layers).toHaveLength(40);
    expect(state.bytes).toBeLessThan(45 * 33_000);
    const isDocument = (path: string): boolean => files[path]?.toString().startsWith('{"schemaVersion"') === true;
    const large = Object.keys(files)
      .sort()
      .filter((path) => isDocument(path) || (files[path]?.length ?? 0) > 50_000);
    const walked = large.findLastIndex((path) => isDocument(path) && files[path]?.includes("in-toto") === false);
    // Head and tail are fetched in one round, and everything that the forecast prefetches in another.
    expect(state.rounds).toBeLessThanOrEqual(walked + 3);
    expect(state.rounds).toBeLessThan(state.requests);
  });

  test("walks the members when index.json is not at the end", async () => {
    const files = largeLayout(3);
    const { "index.json": first, ...rest } = files;
    const tar = Buffer.concat([tarOf({ "index.json": first }).subarray(0, -1024), tarOf(rest)]);
    const { archive } = await index(remote(tar).windows);
    expect(archive.images[0]?.layers).toHaveLength(3);
  });

  test("does not trust an index.json at the end that is inside a blob", async () => {
    const files: Files = {};
    const hidden = tarOf(soundLayout({ layers: ["hidden"] }));
    const image = addImage(files, { layers: ["seen"] });
    const whole = { ...layout(files, [image]), "z/last": hidden };
    const { archive } = await index(remote(tarOf(whole)).windows);
    expect(archive.digest).toBe(image.digest);
  });

  test("refuses a manifest of the wrong size", async () => {
    const files: Files = {};
    const image = addImage(files, { layers: [large(1), large(2)] });
    const lying = { ...image, size: image.size + 1 };
    await expect(index(remote(tarOf(layout(files, [lying]))).windows)).rejects.toThrow("its descriptor says");
  });
});

describe("digestImageArchive", () => {
  test.each(["gzip", "zstd"] as const)(
    "computes the digests of the %s layers of a docker archive",
    async (compression) => {
      const tar = tarOf(dockerArchive({ compression, layers: ["one", "two", "three"] }));
      const source = new WindowedSource(memorySource(tar));
      expect((await indexImageArchive(source)).archive.root).toBeUndefined();
      const { archive, blobs } = await digestImageArchive(source);
      expect(archive.root?.digest).toBe(archive.images[0]?.manifest?.digest);
      for (const { digest } of archive.images.flatMap(({ layers }) => layers)) {
        const place = digest && blobs.get(digest);
        expect(place && digestOf(await readExactly(source, place.offset, place.size))).toBe(digest);
      }
      expect(blobs.size).toBe(4);
    },
  );

  test("refuses a layer that does not match the config (B52)", async () => {
    const tar = tarOf(
      dockerArchive({
        compression: "gzip",
        config: { rootfs: { type: "layers", diff_ids: [digestOf(Buffer.of()), digestOf(Buffer.of())] } },
      }),
    );
    await expect(digestImageArchive(new WindowedSource(memorySource(tar)))).rejects.toThrow(
      "the config's diff ID says",
    );
  });
});

describe("locateTar", () => {
  test.each([
    [
      "a deflated zip",
      zip([{ name: "a", raw: deflateRawSync(tarOf(soundLayout())), method: 8, data: tarOf(soundLayout()) }]),
      "the artifact's zip is compressed",
    ],
    ["a gzip file", gzipSync(tarOf(soundLayout())), "compressed with gzip as a whole"],
    [
      "a stored zip with a gzip file",
      zip([{ name: "a", data: gzipSync(tarOf(soundLayout())) }]),
      "compressed with gzip as a whole",
    ],
  ])("says why %s can only be read from front to back", async (_, bytes, why) => {
    const located = await locateTar(remote(bytes).windows);
    expect(located).toMatchObject({ kind: "sequential", why: expect.stringContaining(why) });
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "an empty file, expected a tar"],
    ["a web page", Buffer.from("<!doctype html>"), "a web page, expected a tar"],
    ["a zip without files", zip([]), "holds no file"],
    [
      "a zip of two files",
      zip([
        { name: "a", data: "1" },
        { name: "b", data: "2" },
      ]),
      "holds a, b; expected only the image archive",
    ],
    ["a zip with a text file", zip([{ name: "a", data: "hello" }]), "of no known format, expected a tar"],
    ["a zip in a zip", zip([{ name: "a", data: zip([]) }]), "it is a zip, expected a tar"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(locateTar(remote(bytes).windows)).rejects.toThrow(message);
  });
});
