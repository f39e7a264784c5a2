import { createHash } from "node:crypto";
import { TAR_END, tarFile } from "@release-actions/archive";

/**
 * An OCI archive of one layer with exactly these bytes, in which every digest and size is right:
 * what no build produces, such as a layer that is no tar, can be put into it.
 */
export function craftOciArchive(layer: Uint8Array, name: string): Buffer {
  const diffIds = [digestOf(layer)];
  const config = json({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: diffIds },
    config: {},
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        ...descriptor("application/vnd.oci.image.manifest.v1+json", manifest),
        annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": "1" },
        platform: { architecture: "amd64", os: "linux" },
      },
    ],
  });
  const blobs = [layer, config, manifest].map((blob) => tarFile(`blobs/sha256/${digestOf(blob).slice(7)}`, blob));
  const layout = tarFile("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  return Buffer.concat([...blobs, tarFile("index.json", index), layout, TAR_END]);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function descriptor(mediaType: string, bytes: Uint8Array): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
