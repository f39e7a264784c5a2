import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { indexTar, WindowedSource } from "@release-actions/archive";
import { checkImageArchive } from "./check-image-archive.ts";
import { MAX_MANIFEST_BYTES } from "./documents.ts";
import { openImageFile } from "./image-folder.ts";
import { indexImageArchive } from "./index-image-archive.ts";
import { addImage, addIndex, type Files, layout, pathOf, soundLayout, tarOf } from "./testing/crafted-image.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "image-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content ?? "");
  }
}

/** The digest by streaming and by random access, which must agree. */
async function digestOfFolder(): Promise<string> {
  const source = await openImageFile(folder);
  const { archive, hasEndBlocks } = await checkImageArchive(source.read(0, source.size));
  expect(hasEndBlocks).toBe(true);
  expect((await indexImageArchive(new WindowedSource(source))).archive).toEqual(archive);
  return archive.digest;
}

function platforms(): { files: Files; index: string } {
  const files: Files = {};
  const arm64 = addImage(files, { platform: { os: "linux", architecture: "arm64" }, algorithm: "sha512" });
  const index = addIndex(files, [addImage(files), arm64]);
  return { files: layout(files, [index]), index: index.digest };
}

test("reads an OCI layout in a folder like its tar, without other files", async () => {
  const { files, index } = platforms();
  await write({
    ...files,
    "blobs/sha256/README": Buffer.from("x"),
    "manifest.json": Buffer.from("{}"),
    ".git/x": undefined,
  });
  expect(await digestOfFolder()).toBe(index);
  const source = await openImageFile(folder);
  expect(source.size).toBe(tarOf(files).length);
});

test("accepts blobs that are links, as Bazel creates them", async () => {
  const { files, index } = platforms();
  await write(files);
  await mkdir(path.join(folder, "cas"));
  const [blob = ""] = Object.keys(files).filter((name) => name.startsWith("blobs/"));
  await writeFile(path.join(folder, "cas/1"), files[blob] ?? "");
  await rm(path.join(folder, blob));
  await symlink("../../cas/1", path.join(folder, blob));
  expect(await digestOfFolder()).toBe(index);
});

test.each(["one image", "several platforms"])(
  "reads the output of skopeo's `dir:` for %s as a layout",
  async (what) => {
    const { files, index } = platforms();
    const sound = soundLayout();
    const [source, digest] =
      what === "one image" ? [sound, JSON.parse(String(sound["index.json"])).manifests[0].digest] : [files, index];
    const blobs = Object.entries(source).flatMap(([name, bytes]): [string, Buffer | undefined][] => {
      const [, algorithm, hex] = /^blobs\/(\w+)\/(\w+)$/.exec(name) ?? [];
      const isManifest = bytes?.includes('"layers":[') === true;
      if (hex === undefined || pathOf(digest) === name) return [];
      return [[`${algorithm === "sha256" ? "" : `${algorithm}-`}${hex}${isManifest ? ".manifest.json" : ""}`, bytes]];
    });
    await write({
      ...Object.fromEntries(blobs),
      "manifest.json": source[pathOf(digest)],
      version: Buffer.from("Directory Transport Version: 1.1\n"),
      "signature-1": Buffer.from("x"),
    });
    expect(await digestOfFolder()).toBe(digest);
    const { members } = await indexTar(await openImageFile(folder));
    const blobNames = Object.keys(source).filter((name) => name.startsWith("blobs/"));
    expect([...members.keys()].sort()).toEqual([...blobNames, "index.json", "oci-layout"].sort());
  },
);

test.each<[string, Files]>([
  ["nothing", {}],
  ["other files", { "src/main.rs": undefined, "manifest.json": Buffer.from("{}") }],
  ["another transport's version", { version: Buffer.from("2"), "manifest.json": Buffer.from("{}") }],
])("refuses a folder with %s", async (_what, files) => {
  await write(files);
  await expect(openImageFile(folder)).rejects.toThrow(`the folder ${folder} holds no image`);
});

test("refuses a file that changes while it is read", async () => {
  await write(soundLayout());
  const source = await openImageFile(folder);
  await writeFile(path.join(folder, "index.json"), "{}");
  const read = async (): Promise<void> => {
    for await (const _ of source.read(0, source.size));
  };
  await expect(read()).rejects.toThrow("index.json was changed while it was read");
});

test("refuses a `dir:` folder with a manifest that is too long before it reads it", async () => {
  await write({
    "manifest.json": Buffer.alloc(MAX_MANIFEST_BYTES + 1, " "),
    version: Buffer.from("Directory Transport Version: 1.1\n"),
  });
  await expect(openImageFile(folder)).rejects.toThrow(`manifest.json has ${MAX_MANIFEST_BYTES + 1} bytes`);
});

test("ignores file names that only end like a digest", async () => {
  const { files, index } = platforms();
  await write({ ...files, [`blobs/sha256/partial-${"0".repeat(64)}`]: Buffer.from("x") });
  expect(await digestOfFolder()).toBe(index);
  expect((await openImageFile(folder)).size).toBe(tarOf(files).length);
});
