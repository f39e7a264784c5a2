import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource, TAR_END, tarFile } from "@release-actions/archive";
import { explainDifference } from "@release-actions/difference";

interface Content {
  readonly created: string;
  readonly host: string;
}

/** An OCI layout of two platforms, packed in memory. */
function imageOf({ created, host }: Content): Uint8Array {
  const blobs = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array): { digest: string; size: number } => {
    const hex = createHash("sha256").update(bytes).digest("hex");
    blobs.set(hex, bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const manifests = ["amd64", "arm64"].map((architecture) => {
    const layer = put(gzipSync(Buffer.concat([tarFile("etc/host", `${host}\n`), TAR_END])));
    const config = put(Buffer.from(JSON.stringify({ architecture, os: "linux", created })));
    const manifest = put(Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer] })));
    return { ...manifest, platform: { os: "linux", architecture } };
  });
  const files = [...blobs].map(([hex, bytes]) => tarFile(`blobs/sha256/${hex}`, bytes));
  const layout = tarFile("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  return Buffer.concat([layout, tarFile("index.json", JSON.stringify({ manifests })), ...files, TAR_END]);
}

async function causesOf(left: Content, right: Content): Promise<unknown[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), "difference-"));
  try {
    const { causes } = await explainDifference(memorySource(imageOf(left)), memorySource(imageOf(right)), { scratch });
    return causes.map(({ kind, place, left: one, right: other }) => [kind, place, one, other]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

describe("the cause in images", () => {
  const image: Content = { created: "2026-01-01T00:00:00Z", host: "host-a" };

  test("is the time of creation, by platform", async () => {
    const later = "2026-01-02T00:00:00Z";
    expect(await causesOf(image, { ...image, created: later })).toEqual([
      ["timestamp", "linux/amd64: config .created", image.created, later],
      ["timestamp", "linux/arm64: config .created", image.created, later],
    ]);
  });

  test("is a text in a file of a layer", async () => {
    expect(await causesOf(image, { ...image, host: "host-b" })).toEqual([
      ["embedded-text", "linux/amd64: layer 1: unpacked, etc/host: line 1", "host-a", "host-b"],
    ]);
  });
});
