import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import {
  addAttestation,
  addBlob,
  addImage,
  addIndex,
  dockerArchive,
  type Files,
  layerTar,
  layout,
  pathOf,
  soundLayout,
  tarOf,
} from "@release-actions/oci/testing";
import { startGitHub } from "../../stand-in/github.ts";
import { startServer } from "../../stand-in/http.ts";
import { startGitHubBehindProxy } from "../../stand-in/proxy/behind-proxy.ts";
import { artifactsOf, download, save, unzip } from "./fixture.ts";

jest.setTimeout(60_000);

const [github, proxied] = await Promise.all([startGitHub(), startGitHubBehindProxy()]);
afterAll(() => Promise.all([github.close(), proxied.close()]));

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function twoPlatforms(): { files: Files; digest: string } {
  const files: Files = {};
  const amd64 = addImage(files);
  const arm64 = addImage(files, { layers: ["one", "arm"], platform: { os: "linux", architecture: "arm64" } });
  const index = addIndex(files, [amd64, arm64, addAttestation(files, amd64)]);
  return { files: layout(files, [index]), digest: index.digest };
}

describe("save-restate-image", () => {
  test("uploads a valid archive as a stored zip and describes it", async () => {
    const { files, digest } = twoPlatforms();
    const tar = tarOf(files);
    const run = github.addRun();
    const step = await save(github, run, { files: { "restate.tar": tar } });
    expect(step).toMatchObject({ conclusion: "success", annotations: [] });

    const artifact = github.artifact(run, "restate.tar");
    const stored = await download(github, artifact);
    expect(await unzip(stored)).toEqual({ "restate.tar": tar });
    expect(stored.includes(tar)).toBe(true);

    const { "image-ids": imageIds = "", ...outputs } = step.outputs;
    expect(outputs).toEqual({
      "artifact-id": String(artifact.id),
      "artifact-digest": sha256(stored),
      digest,
      platforms: '["linux/amd64","linux/arm64"]',
      size: String(tar.length),
    });
    expect(Object.keys(JSON.parse(imageIds))).toEqual(["linux/amd64", "linux/arm64"]);
    for (const id of Object.values<string>(JSON.parse(imageIds)))
      expect(files[pathOf(id)]?.toString()).toContain('"rootfs"');

    expect(step.summary).toContain(`digest</th><td><code>${digest}</code></td>`);
    expect(step.summary).toContain("Layers for linux/arm64");
    expect(step.summary).toMatch(/\| 1 \| `sha256:[0-9a-f]{12}` \| \d+ B \| gzip \|/);
  });

  test("uploads the file itself as a raw artifact, under the name of the artifact", async () => {
    const tar = tarOf(soundLayout());
    const run = github.addRun();
    const inputs = { path: "image.tar", format: "raw", "artifact-name": "image.tar" };
    const step = await save(github, run, { files: { "image.tar": tar }, inputs });
    expect(step.conclusion).toBe("success");
    const artifact = github.artifact(run, "image.tar");
    expect((await download(github, artifact)).equals(tar)).toBe(true);
    expect(step.outputs["artifact-digest"]).toBe(sha256(tar));
  });

  test.each(["image.oci.tar", ".image.tar"])(
    "names the one file in the artifact by the base name of the path %s (F61)",
    async (file) => {
      const run = github.addRun();
      const inputs = { path: file, "artifact-name": "my-image" };
      await save(github, run, { files: { [file]: tarOf(soundLayout()) }, inputs });
      expect(Object.keys(await unzip(await download(github, github.artifact(run, "my-image"))))).toEqual([file]);
    },
  );

  test("packs an OCI layout in a folder, as ko and crane write it", async () => {
    const { files, digest } = twoPlatforms();
    const run = github.addRun();
    const inside = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`out/image/${name}`, bytes]));
    const step = await save(github, run, {
      files: { ...inside, "out/image/notes.txt": Buffer.from("not part of it") },
      inputs: { path: "out/image" },
    });
    expect(step).toMatchObject({ conclusion: "success", annotations: [], outputs: { digest } });
    const stored = await unzip(await download(github, github.artifact(run, "restate.tar")));
    expect(stored).toEqual({ "image.tar": tarOf(files) });
  });

  test.each([
    ["1", 1],
    ["7", 7],
    ["0", 90],
  ])("keeps the artifact for %s days", async (days, expected) => {
    const run = github.addRun();
    const step = await save(github, run, {
      files: { "restate.tar": tarOf(soundLayout()) },
      inputs: { "retention-days": days },
    });
    expect(step.conclusion).toBe("success");
    const { expiresAt, createdAt } = github.artifact(run, "restate.tar");
    expect(Math.round((expiresAt.getTime() - createdAt.getTime()) / 86_400_000)).toBe(expected);
  });

  test("accepts what docker save wrote before version 25, and identifies it by its config", async () => {
    const files = dockerArchive();
    const run = github.addRun();
    const step = await save(github, run, { files: { "restate.tar": tarOf(files) } });
    const config = Object.keys(files).find((path) => path.endsWith(".json") && path !== "manifest.json") ?? "";
    const digest = `sha256:${config.slice(0, 64)}`;
    expect(step.outputs).toMatchObject({ digest, "image-ids": JSON.stringify({ "linux/amd64": digest }) });
    expect(step.summary).toContain("localhost/app:1");
  });

  test("reuses the same file when it runs again in the job, and says so (F30)", async () => {
    const run = github.addRun();
    const files = { "restate.tar": tarOf(soundLayout()) };
    const first = await save(github, run, { files });
    const second = await save(github, run, { files });
    expect(second.conclusion).toBe("success");
    expect(second.outputs).toEqual(first.outputs);
    expect(second.summary).toContain("reused");
    expect(artifactsOf(github, run)).toHaveLength(1);
  });

  test("refuses another image under a taken name, and replaces it on request (F30, F45)", async () => {
    const run = github.addRun();
    await save(github, run, { files: { "restate.tar": tarOf(soundLayout()) } });
    const files = { "restate.tar": tarOf(soundLayout({ layers: ["other"] })) };
    const refused = await save(github, run, { files });
    expect(refused.conclusion).toBe("failure");
    expect(refused.log).toContain('already has an artifact "restate.tar" with other content');
    const replaced = await save(github, run, { files, inputs: { "if-exists": "replace" } });
    expect(replaced.conclusion).toBe("success");
    const [artifact, ...others] = artifactsOf(github, run);
    expect(others).toEqual([]);
    expect(String(artifact?.id)).toBe(replaced.outputs["artifact-id"]);
  });

  test("uploads again in another attempt of the run (F89)", async () => {
    const run = github.addRun();
    const files = { "restate.tar": tarOf(soundLayout()) };
    await save(github, run, { files });
    github.rerun(run);
    expect((await save(github, run, { files })).conclusion).toBe("success");
    expect(artifactsOf(github, run)).toHaveLength(2);
  });

  const sound = tarOf(soundLayout());
  const refused: [string, string, Buffer, RegExp][] = [
    ["B01", "an empty file", Buffer.alloc(0), /it is an empty file, expected a tar of an image/],
    ["B03", "a cut file", sound.subarray(0, 3000), /bytes before the end of a member/],
    ["B28", "a bzip2 file", Buffer.from("BZh91AY&SYxxxx"), /the bzip2 data/],
    ["B30", "a web page", Buffer.from("<!doctype html><title>Sign in</title>"), /it is a web page/],
    ["B36", "an index without an image", tarOf(layout({}, [])), /the archive holds no image/],
    [
      "B37",
      "a changed blob (F64)",
      changed(sound),
      /the blob sha256:\w+ has the digest sha256:\w+: its content was changed/,
    ],
    ["B50", "a missing blob (F65)", withoutLayer(), /lacks its layers sha256:/],
    ["B52", "a layer that is not its diff ID", wrongLayer(), /the config's diff ID says sha256:/],
    [
      "B30",
      "a tar of something else",
      tarOf({ "README.md": Buffer.from("hello") }),
      /neither an OCI layout nor a docker archive/,
    ],
  ];

  test.each(refused)("refuses %s, %s, before anything is uploaded", async (_id, _what, content, message) => {
    const run = github.addRun();
    const step = await save(github, run, { files: { "restate.tar": content } });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations).toEqual([
      expect.objectContaining({
        level: "error",
        message: expect.stringMatching(message),
        file: expect.stringMatching(/restate\.tar$/),
      }),
    ]);
    expect(step.log).not.toMatch(/\n\s+at /);
    expect(artifactsOf(github, run)).toEqual([]);
    expect(github.world.artifacts.filter((artifact) => artifact.run === run)).toEqual([]);
    expect(step.outputs).toEqual({});
  });

  test("names the existing archives when the file does not exist", async () => {
    const run = github.addRun();
    const step = await save(github, run, { files: { "restate-oci.tar": sound, "notes.txt": sound } });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toMatch(/there is no .*restate\.tar; work has restate-oci\.tar/);
  });

  test.each([
    [{ path: "." }, /^the folder .* holds no image/],
    [{ path: "no/such/folder.tar" }, /there is no folder .*no\/such/],
  ])("refuses %j", async (inputs, message) => {
    const step = await save(github, github.addRun(), { inputs });
    expect(step.annotations[0]?.message).toMatch(message);
  });

  test("warns of a missing end, and of layers that zstd would make faster (B04)", async () => {
    const files: Files = {};
    const layer = addBlob(
      files,
      "application/vnd.oci.image.layer.v1.tar+gzip",
      gzipSync(layerTar(randomBytes(11_000_000).toString("base64"))),
    );
    const diffIds = { rootfs: { type: "layers", diff_ids: [sha256(Buffer.from("not looked at"))] } };
    const image = addImage(files, { layers: ["x"], config: diffIds, manifest: { layers: [{ ...layer }] } });
    const tar = tarOf(layout(files, [image])).subarray(0, -1024);
    const step = await save(github, github.addRun(), { files: { "restate.tar": tar } });
    expect(step.conclusion).toBe("success");
    expect(step.annotations).toEqual([
      expect.objectContaining({
        level: "warning",
        message: expect.stringContaining("lacks the end blocks of a tar"),
      }),
    ]);
    expect(step.summary).toMatch(/\| ⚠️ \| 11\.\d MB of layers are gzip\. .*compression=zstd/);
  });

  test("says what to do when the account's storage is full, and describes the image all the same (F32)", async () => {
    github.world.quotaReached = true;
    try {
      const step = await save(github, github.addRun(), { files: { "restate.tar": sound } });
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toContain("the artifact storage of the account is full");
      expect(step.outputs).toMatchObject({ digest: expect.stringMatching(/^sha256:/), size: String(sound.length) });
      expect(step.outputs).not.toHaveProperty("artifact-id");
    } finally {
      github.world.quotaReached = false;
    }
  });

  test("says which variable is missing when there is no artifact service (F94)", async () => {
    const env = { ...github.env(github.addRun()), ACTIONS_RUNTIME_TOKEN: "" };
    const fake = Object.assign(Object.create(github), { env: () => env });
    const step = await save(fake, github.addRun(), { files: { "restate.tar": sound } });
    expect(step.annotations[0]?.message).toContain("the runner did not set ACTIONS_RUNTIME_TOKEN");
  });

  test("says in one sentence, after one request, that a server does not support artifacts of version 4", async () => {
    const asked: string[] = [];
    await using server = await startServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(404, { "content-type": "text/html" }).end("<html>Page not found</html>");
    });
    const address = { ACTIONS_RESULTS_URL: server.origin, GITHUB_SERVER_URL: "https://github.acme.example" };
    const env = { ...github.env(github.addRun()), ...address };
    const fake = Object.assign(Object.create(github), { env: () => env });
    const step = await save(fake, github.addRun(), { files: { "restate.tar": sound } });
    expect(step.annotations.map(({ level }) => level)).toEqual(["error"]);
    expect(step.annotations[0]?.message).toContain("has no artifact service of version 4");
    expect(asked).toHaveLength(1);
  });

  test("stops at once when the job is cancelled and leaves no file behind (F84)", async () => {
    const run = github.addRun();
    const files = { "restate.tar": largeArchive() };
    const left: string[] = [];
    const step = await save(github, run, {
      files,
      stop: { when: /Checking/ },
      look: async (job) => {
        left.push(...(await readdir(job.temp)).filter((name) => name !== "_runner_file_commands"));
      },
    });
    expect(step.conclusion).toBe("cancelled");
    expect(step.stopMs).toBeLessThan(7000);
    expect(left).toEqual([]);
    expect(artifactsOf(github, run)).toEqual([]);
  });

  test.each<[signal: NodeJS.Signals, format: string]>([
    ["SIGINT", "zip"],
    ["SIGINT", "raw"],
    ["SIGKILL", "zip"],
  ])(
    "an upload that %s ends halfway (%s) leaves nothing visible, and the next try succeeds (F84, F85)",
    async (by, format) => {
      const run = proxied.github.addRun();
      const inputs = { format, "artifact-name": "image" };
      const files = { "restate.tar": sound };
      const left: string[] = [];
      proxied.storage.inject({ method: "PUT", url: /comp=block&/ }, { kind: "stall" });
      const stopped = await save(proxied.github, run, {
        files,
        inputs,
        stop: { when: /Beginning upload of artifact content/, by },
        look: async (job) => {
          left.push(...(await readdir(job.temp)).filter((name) => name !== "_runner_file_commands"));
        },
      });
      expect(stopped.conclusion).toBe("cancelled");
      if (by === "SIGINT") {
        expect(stopped.stopMs).toBeLessThan(7000);
        expect(left).toEqual([]);
      }
      expect(artifactsOf(proxied.github, run)).toEqual([]);
      proxied.reset();
      // In the same attempt of the run, in which the unfinished artifact has the name.
      const again = await save(proxied.github, run, { files, inputs });
      expect(again.conclusion).toBe("success");
      expect(artifactsOf(proxied.github, run).map(({ name }) => name)).toEqual(["image"]);
    },
  );

  test("needs little memory, however large the image is (F66)", async () => {
    const step = await save(github, github.addRun(), { files: { "restate.tar": largeArchive() } });
    expect(step.conclusion).toBe("success");
    expect(step.peakRss).toBeLessThan(256 * 2 ** 20);
  });
});

let large: Buffer | undefined;

/** An archive of about 150 MB. */
function largeArchive(): Buffer {
  large ??= tarOf(soundLayout({ compression: "none", layers: [1, 2, 3].map((seed) => noise(seed)) }));
  return large;
}

function noise(seed: number): string {
  return Buffer.alloc(50_000_000, createHash("sha512").update(String(seed)).digest("base64")).toString("latin1");
}

function changed(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  const at = copy.indexOf(Buffer.from([0x1f, 0x8b])) + 20;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function withoutLayer(): Buffer {
  const files = soundLayout();
  const layer = Object.keys(files).find((path) => files[path]?.[0] === 0x1f) ?? "";
  return tarOf({ ...files, [layer]: undefined });
}

function wrongLayer(): Buffer {
  const files = dockerArchive();
  const layer = Object.keys(files).find((path) => path.endsWith("layer.tar")) ?? "";
  return tarOf({ ...files, [layer]: layerTar("another") });
}
