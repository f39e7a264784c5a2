import { createHash } from "node:crypto";
import { TAR_END, tarFile } from "@release-actions/archive";

/**
 * An OCI archive of one layer with exactly these bytes, in which every digest and size is right. The layer can be
 * something that no build produces, such as a file that is not a tar.
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

/** An OCI archive of an index with one image for each platform, one layer each, and an attestation like those that buildx adds. */
export function craftPlatformsArchive(layers: Readonly<Record<string, Uint8Array>>): Buffer {
  const blobs: Buffer[] = [];
  const add = (mediaType: string, content: Uint8Array): object => {
    blobs.push(Buffer.from(content));
    return descriptor(mediaType, content);
  };
  const manifestOf = (config: object, layer: object): object =>
    add(
      "application/vnd.oci.image.manifest.v1+json",
      json({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config, layers: [layer] }),
    );
  const imageOf = (os: string, architecture: string, mediaType: string, layer: Uint8Array): object => {
    const rootfs = { type: "layers", diff_ids: [digestOf(layer)] };
    const config = add("application/vnd.oci.image.config.v1+json", json({ os, architecture, rootfs, config: {} }));
    return { ...manifestOf(config, add(mediaType, layer)), platform: { os, architecture } };
  };
  const images = Object.entries(layers).map(([platform, layer]) => {
    const [os = "", architecture = ""] = platform.split("/");
    return imageOf(os, architecture, "application/vnd.oci.image.layer.v1.tar", layer);
  });
  const attestation = {
    ...imageOf("unknown", "unknown", "application/vnd.in-toto+json", json({ predicate: {} })),
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  };
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const root = add(mediaType, json({ schemaVersion: 2, mediaType, manifests: [...images, attestation] }));
  const files = blobs.map((blob) => tarFile(`blobs/sha256/${digestOf(blob).slice(7)}`, blob));
  const layout = tarFile("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  const index = json({ schemaVersion: 2, mediaType, manifests: [root] });
  return Buffer.concat([...files, tarFile("index.json", index), layout, TAR_END]);
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
