import { describe, expect, test } from "@jest/globals";
import { selectImage } from "./select-image.ts";
import { archiveReaders } from "./testing/archive-readers.ts";
import {
  addBlob,
  addImage,
  addIndex,
  type CraftedImage,
  type Described,
  type Files,
  LAYER,
  layout,
  pathOf,
  tarOf,
} from "./testing/crafted-image.ts";

const [amd64, arm64, windows] = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
  { os: "windows", architecture: "amd64" },
];

/** Broken images, and the message for a caller that requests them. */
const BROKEN: readonly (readonly [string, (files: Files) => Described, RegExp])[] = [
  ["without its config", (files) => lacking(files, "config"), /refers to the blob sha256:\w+, which is not in/],
  ["without one of its layers", (files) => lacking(files, "layers"), /lacks its layer/],
  ["with `Cmd` as a string", (files) => image(files, { config: { config: { Cmd: "sh" } } }), /`config.Cmd` is "sh"/],
  [
    "with fewer diff IDs than layers",
    (files) => image(files, { config: noDiffIds }),
    /2 layers, its config 0 diff IDs/,
  ],
];
/** Complete images that engines cannot load. */
const UNSUPPORTED: readonly (readonly [string, (files: Files) => Described, RegExp])[] = [
  ["with encrypted layers", (files) => typed(files, `${LAYER}+gzip+encrypted`), /is encrypted/],
  ["with layers of nydus", (files) => typed(files, "application/vnd.oci.image.layer.nydus.blob.v1"), /nydus.blob.v1, /],
  [
    "with a foreign layer (B54)",
    foreign,
    /does not contain 1 foreign layer of the image, only where to download it: blobs\/sha256\/\w{64} from https:\/\//,
  ],
];

describe.each(archiveReaders)("of several images, %s", (way, read) => {
  test.each([...BROKEN, ...UNSUPPORTED])(
    "an image %s only fails callers that request it",
    async (_what, make, message) => {
      const files: Files = {};
      const sound = addImage(files);
      const archive = tarOf(layout(files, [addIndex(files, [make(files), sound])]));
      if (way === "checked before an upload" && BROKEN.some(([, other]) => other === make)) {
        await expect(read(archive)).rejects.toThrow(/which is not in the archive|lacks its layers|config.Cmd|diff IDs/);
        return;
      }
      const found = await read(archive);
      expect(selectImage(found, amd64).manifest?.digest).toBe(sound.digest);
      expect(() => selectImage(found, arm64)).toThrow(message);
      expect(() => selectImage(found, windows)).toThrow(
        /^there is no image for windows\/amd64; the archive has .*linux\/amd64/,
      );
    },
  );

  test.each(UNSUPPORTED.slice(0, 2))("an image %s is passed over for another of its platform", async (_what, make) => {
    const files: Files = {};
    const [odd, sound] = [make(files), addImage(files, { platform: arm64 })];
    const found = await read(tarOf(layout(files, [addIndex(files, [odd, sound])])));
    expect(selectImage(found, arm64).manifest?.digest).toBe(sound.digest);
  });

  test("a single image is refused when it is read or when it is requested", async () => {
    for (const [, make, message] of [...BROKEN, ...UNSUPPORTED]) {
      const files: Files = {};
      const archive = tarOf(layout(files, [make(files)]));
      await expect(read(archive).then((found) => selectImage(found, arm64))).rejects.toThrow(message);
    }
  });
});

const noDiffIds = { rootfs: { type: "layers", diff_ids: [] } };

function image(files: Files, crafted: CraftedImage): Described {
  return addImage(files, { platform: arm64, layers: ["three", "four"], ...crafted });
}

/** An image whose manifest was changed. */
function changed(files: Files, change: (manifest: { config: Described; layers: Described[] }) => void): Described {
  const { digest, ...described } = image(files, {});
  const manifest = JSON.parse(files[pathOf(digest)]?.toString() ?? "");
  delete files[pathOf(digest)];
  change(manifest);
  return { ...described, ...addBlob(files, described.mediaType, manifest) };
}

function lacking(files: Files, what: "config" | "layers"): Described {
  return changed(files, ({ config, layers }) => {
    delete files[pathOf((what === "config" ? config : layers[0])?.digest ?? "")];
  });
}

function typed(files: Files, mediaType: string): Described {
  return changed(files, ({ layers }) => {
    for (const layer of layers) layer.mediaType = mediaType;
  });
}

/** An image with a foreign layer, as Windows images have: docker only stores the layer's URLs. */
function foreign(files: Files): Described {
  return changed(files, ({ layers: [first] }) => {
    if (first === undefined) throw new Error("the image has no layer");
    delete files[pathOf(first.digest)];
    first.mediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    first["urls"] = ["https://mcr.example/layer"];
  });
}
