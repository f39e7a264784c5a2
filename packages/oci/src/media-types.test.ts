import { describe, expect, test } from "@jest/globals";
import { artifactName, documentKind, layerCompression } from "./media-types.ts";

const OCI = "application/vnd.oci.image";
const DOCKER = "application/vnd.docker";

describe("the kind of a document", () => {
  test.each([
    [`${OCI}.index.v1+json`, "index"],
    [`${DOCKER}.distribution.manifest.list.v2+json`, "index"],
    [`${OCI}.manifest.v1+json`, "manifest"],
    [`${DOCKER}.distribution.manifest.v2+json`, "manifest"],
    [`${OCI}.config.v1+json`, "config"],
    [`${DOCKER}.container.image.v1+json`, "config"],
    ["application/octet-stream", "config"],
    ["application/json", "config"],
    ["text/html", "config"],
    ["", "config"],
    [`${OCI}.layer.v1.tar`, undefined],
    [`${OCI}.index.v1`, undefined],
  ])("for the media type %s is: %s", (type, kind) => expect(documentKind(type)).toBe(kind));
});

describe("the compression of a layer", () => {
  test.each([
    [`${OCI}.layer.v1.tar`, "none"],
    [`${OCI}.layer.v1.tar+gzip`, "gzip"],
    [`${OCI}.layer.v1.tar+zstd`, "zstd"],
    [`${OCI}.layer.v1.tar+xz`, "xz"],
    [`${OCI}.layer.v1.tar+bzip2`, "bzip2"],
    [`${OCI}.layer.nondistributable.v1.tar`, "none"],
    [`${OCI}.layer.nondistributable.v1.tar+gzip`, "gzip"],
    [`${OCI}.layer.nondistributable.v1.tar+zstd`, "zstd"],
    [`${DOCKER}.image.rootfs.diff.tar`, "none"],
    [`${DOCKER}.image.rootfs.diff.tar.gzip`, "gzip"],
    [`${DOCKER}.image.rootfs.diff.tar.zstd`, "zstd"],
    [`${DOCKER}.image.rootfs.diff.tar.xz`, "xz"],
    [`${DOCKER}.image.rootfs.diff.tar.bzip2`, "bzip2"],
    [`${DOCKER}.image.rootfs.foreign.diff.tar`, "none"],
    [`${DOCKER}.image.rootfs.foreign.diff.tar.gzip`, "gzip"],
    [`${OCI}.layer.v1.tar+gzip+encrypted`, undefined],
    [`${OCI}.config.v1+json`, undefined],
    ["", undefined],
  ])("for the media type %s is: %s", (type, compression) => expect(layerCompression(type)).toBe(compression));
});

describe("the description of an artifact that is not an image", () => {
  test.each([
    ["application/vnd.cncf.helm.config.v1+json", "a Helm chart"],
    ["application/vnd.wasm.config.v0+json", "a WebAssembly module"],
    ["application/wasm", "a WebAssembly module"],
    ["application/vnd.docker.plugin.v1+json", "a Docker plugin"],
    ["application/vnd.dev.cosign.simplesigning.v1+json", "a signature"],
    ["application/vnd.dev.sigstore.bundle.v0.3+json", "a signature"],
    ["application/vnd.in-toto+json", "an attestation"],
    ["text/spdx+json", "an SBOM"],
    ["application/vnd.cyclonedx+json", "an SBOM"],
    ["application/vnd.cncf.flux.config.v1+json", "a Flux artifact"],
    ["application/vnd.docker.ai.model.config.v0.1+json", "a model"],
    ["application/vnd.cncf.model.config.v1+json", "a model"],
  ])("for %s is: %s", (type, name) => {
    expect(artifactName([type])).toBe(`${name} (${type})`);
    expect(artifactName(["application/x", type])).toBe(`${name} (${type})`);
  });

  test.each([
    "vnd.cncf.helm.",
    "vnd.docker.plugin.",
    "vnd.dev.cosign.",
    "vnd.in-toto",
    "vnd.cncf.flux.",
    "vnd.docker.ai.",
    "vnd.cncf.model.",
  ])("is not derived from a type that only contains %s", (part) => {
    const type = `application/x-application/${part}`;
    expect(artifactName([type])).toBe(`an artifact of the type "${type}"`);
  });

  test("is the first type when none is known", () => {
    expect(artifactName(["application/a", "application/b"])).toBe('an artifact of the type "application/a"');
    expect(artifactName([])).toBe('an artifact of the type ""');
  });
});
