import { expect, test } from "@jest/globals";
import { memorySource, WindowedSource } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { startLoopbackRegistry } from "@release-actions/loopback-registry";
import { indexImageArchive } from "@release-actions/oci";
import { addAttestation, addImage, addIndex, type Files, layout, tarOf } from "@release-actions/oci/testing";
import { describeWith } from "../../parts.ts";

/** An image for two platforms with an attestation, like those that engines pull. */
function archive(): Buffer {
  const files: Files = {};
  const [one, other] = [addImage(files), addImage(files, { platform: { os: "linux", architecture: "arm64" } })];
  return tarOf(layout(files, [addIndex(files, [one, other, addAttestation(files, one)])]));
}

describeWith(["oci-conformance"], "the loopback registry and the OCI conformance suite", () => {
  test("passes the pull part, with every manifest and blob of an image", async () => {
    const source = new WindowedSource(memorySource(archive()));
    const { archive: image, blobs } = await indexImageArchive(source);
    const manifests = new Map([...image.documents].map(([digest, it]) => [String(digest), it]));
    const served = [...blobs]
      .filter(([digest]) => !image.documents.has(digest))
      .map(([digest, { offset, size }]) => {
        const open = (from: number, length: number) => source.read(offset + from, length);
        return [String(digest), { size, open }] as const;
      });
    await using registry = await startLoopbackRegistry({
      image: { manifests, blobs: new Map(served) },
      onError: (error) => {
        throw error;
      },
    });
    const [host = "", ...repository] = registry.repository.split("/");
    using results = new FileTree();
    // The suite prints its report, and after a read-only run it then crashes while it writes the same report as YAML.
    const { stdout } = await runCommand("oci-conformance", [], {
      cwd: results.root,
      check: false,
      env: {
        ...process.env,
        ...{ OCI_REGISTRY: host, OCI_TLS: "disabled", OCI_REPO1: repository.join("/"), OCI_RESULTS_DIR: results.root },
        // The loopback registry serves one image by digest, read-only: it has no tags, lists or referrers.
        ...{ OCI_API_PUSH: "false", OCI_API_TAGS_LIST: "false", OCI_API_REFERRER: "false" },
        ...{ OCI_API_BLOBS_DELETE: "false", OCI_API_MANIFESTS_DELETE: "false", OCI_API_TAGS_DELETE: "false" },
        // The suite does not read this header of manifests that it did not push, and then reports it as missing.
        OCI_API_BLOBS_DIGEST_HEADER: "true",
        OCI_RO_DATA_MANIFESTS: [...manifests.keys()].join(" "),
        OCI_RO_DATA_BLOBS: served.map(([digest]) => digest).join(" "),
      },
    });
    const count = (status: string): number => Number(new RegExp(`  ${status}\\.+: +(\\d+)`).exec(stdout)?.[1]);
    const failed = stdout.split("\n").filter((line) => /: (FAIL|Error)$/i.test(line));
    expect({ fail: count("FAIL"), error: count("Error"), failed }).toEqual({ fail: 0, error: 0, failed: [] });
    expect(count("Pass")).toBeGreaterThan(manifests.size + served.length);
    // A suite without requests would pass, too.
    expect(registry.requests()).toBeGreaterThan(manifests.size + served.length);
    expect(registry.fetched()).toEqual(new Set(served.map(([digest]) => digest)));
  });
});
