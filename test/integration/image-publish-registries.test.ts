import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { dockerArchive, layerTar, soundLayout, tarOf } from "@release-actions/oci/testing";
import { unpackPackage } from "../../scripts/docker-engine/apt.ts";
import { cacheFolder } from "../../scripts/folders.ts";
import { describeWith } from "../parts.ts";
import { type CheckingProxy, startCheckingProxy } from "../registry/distribution-checks.ts";
import { PASSWORD, RealRegistry, type RegistryKind, USER } from "../registry/real-registry.ts";
import { Job, type StepResult } from "../runner/job.ts";

const REGISTRIES: readonly (readonly [string, () => Promise<RegistryKind>])[] = [
  ["distribution 3", async () => "registry"],
  ["Debian's docker-registry", async () => path.join(await debianRegistry(), "usr/bin/docker-registry")],
  ["crane's registry", async () => "crane"],
];

function debianRegistry(): Promise<string> {
  return unpackPackage("docker-registry", cacheFolder("debian", "docker-registry"));
}

for (const [title, find] of REGISTRIES) {
  describeWith(["registry", "crane", "apt-get"], `image-publish to ${title}, as the distribution spec allows`, () => {
    let registry: RealRegistry;
    let proxy: CheckingProxy;
    beforeAll(async () => {
      registry = await RealRegistry.start(await find());
      proxy = await startCheckingProxy(registry.origin);
    });
    afterAll(async () => {
      expect(proxy.violations).toEqual([]);
      await proxy.close();
      await registry.close();
    });

    async function publish(repositories: readonly string[], archive: Uint8Array): Promise<StepResult> {
      await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch" } });
      writeFileSync(job.file("widget.tar"), archive);
      const images = repositories.map((repository) => `${proxy.host}/${repository}`).join("\n");
      const logins = `${proxy.host} ${USER} ${PASSWORD}`;
      return await job.step("image-publish", { inputs: { version: "1.2.3", source: "widget.tar", images, logins } });
    }

    /** The image as crane pulls it. crane checks every digest. */
    async function pulled(repository: string): Promise<{ manifest: Manifest; layers: Buffer[] }> {
      await using job = await Job.open();
      const auth = btoa(`${USER}:${PASSWORD}`);
      writeFileSync(path.join(job.temp, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
      const env = { ...process.env, DOCKER_CONFIG: job.temp };
      const image = `${registry.host}/${repository}:1.2.3`;
      const folder = path.join(job.temp, "pulled");
      const { stdout } = await runCommand("crane", ["manifest", "--insecure", image], { env });
      await runCommand("crane", ["pull", "--insecure", "--format=oci", image, folder], { env });
      const manifest: Manifest = JSON.parse(stdout);
      const blob = (digest: string): Buffer => readFileSync(path.join(folder, "blobs", digest.replace(":", "/")));
      return { manifest, layers: manifest.layers.map(({ digest }) => blob(digest)) };
    }
    const since = (start: number, pattern: RegExp): string[] =>
      proxy.requests.slice(start).filter((request) => pattern.test(request));
    const repositoriesOf = (): [string, string] => [`a${randomUUID()}/widget`, `b${randomUUID()}/widget`];

    test.each<[string, (layers: string[]) => Buffer]>([
      ["an OCI archive", (layers) => tarOf(soundLayout({ layers, compression: "none" }))],
      ["a docker archive", (layers) => tarOf(dockerArchive({ layers }))],
      ["an OCI archive in xz", (layers) => tarOf(soundLayout({ layers, compression: "xz" }))],
      ["a docker archive in bzip2", (layers) => tarOf(dockerArchive({ layers, compression: "bzip2" }))],
    ])("compresses the layers of %s, the same each time", async (_kind, make) => {
      const contents = [randomUUID().repeat(5000), randomUUID()];
      const repositories = repositoriesOf();
      const step = await publish(repositories, make(contents));
      expect(step.annotations).toEqual([]);
      expect(step.log).toContain("compressed 2 layers from ");
      for (const repository of repositories) {
        const { manifest, layers } = await pulled(repository);
        expect(manifest.layers.map(({ mediaType }) => /[.+]gzip$/.test(mediaType))).toEqual([true, true]);
        expect(layers.map((layer) => gunzipSync(layer))).toEqual(contents.map(layerTar));
      }
      const start = proxy.requests.length;
      const again = await publish(repositories, make(contents));
      expect(again.outputs).toEqual(step.outputs);
      expect(since(start, /^(PUT|PATCH) \S+blobs/)).toEqual([]);
    });

    test("mounts blobs from the first repository of a registry, where the registry supports it", async () => {
      const archive = tarOf(soundLayout({ layers: [randomUUID(), randomUUID()] }));
      const [first, second] = repositoriesOf();
      const start = proxy.requests.length;
      const step = await publish([first, second], archive);
      expect(step.annotations).toEqual([]);
      // crane's registry has one store for all repositories: a blob in one of them is in all of them.
      const expected = title.startsWith("crane") ? 0 : 3;
      expect(since(start, /^POST \S+\?mount=\S+ 201$/)).toHaveLength(expected);
      const sent = since(start, /^PUT \S+blobs\/uploads/);
      expect(sent).toHaveLength(3);
      expect(sent.filter((request) => request.includes(second))).toEqual([]);
      expect((await pulled(second)).manifest).toEqual((await pulled(first)).manifest);
    });
  });
}

interface Manifest {
  readonly layers: readonly { readonly mediaType: string; readonly digest: string }[];
}
