import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { causesOf, explain, like } from "./testing/explain.ts";
import { tar, tarMember } from "./testing/tar.ts";

const json = (value: unknown): string => JSON.stringify(value);

interface Image {
  readonly config?: Readonly<Record<string, unknown>>;
  /** The files of each layer. */
  readonly layers?: readonly Readonly<Record<string, string>>[];
  readonly platform?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM = { os: "linux", architecture: "arm", variant: "v7" };
const layerOf = (files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(tar(Object.entries(files).map(([name, body]) => tarMember({ name, body }))));

/** An OCI image layout (image-spec, image-layout.md) with each blob before those that refer to it. */
function layout(images: readonly Image[], nested = false): Buffer {
  const blobs: Buffer[] = [];
  const put = (content: Uint8Array | string): { digest: string; size: number } => {
    const hex = createHash("sha256").update(content).digest("hex");
    blobs.push(tarMember({ name: `blobs/sha256/${hex}`, body: content }));
    return { digest: `sha256:${hex}`, size: Buffer.from(content).length };
  };
  const manifests = images.map(({ config = {}, layers = [], platform, annotations }) => {
    const document = {
      ...{ schemaVersion: 2, config: put(json(config)), layers: layers.map((files) => put(layerOf(files))) },
      ...(annotations === undefined ? {} : { annotations }),
    };
    return { ...put(json(document)), ...(platform === undefined ? {} : { platform }) };
  });
  const index = nested ? [put(json({ manifests }))] : manifests;
  return tar([
    tarMember({ name: "oci-layout", body: '{"imageLayoutVersion":"1.0.0"}' }),
    tarMember({ name: "index.json", body: json({ manifests: index }) }),
    ...blobs,
  ]);
}

/** An archive as `docker save` writes it, with uncompressed layers. */
function saved(image: Image, { prefix = "", tags = ["app:1"] } = {}): Buffer {
  const layers = (image.layers ?? []).map((files, index) => ({
    name: `layer${index}/layer.tar`,
    body: tar(Object.entries(files).map(([name, body]) => tarMember({ name, body }))),
  }));
  const manifest = [{ Config: "config.json", RepoTags: tags, Layers: layers.map(({ name }) => name) }];
  return tar([
    ...layers.map(({ name, body }) => tarMember({ name: `${prefix}${name}`, body })),
    tarMember({ name: `${prefix}config.json`, body: json(image.config ?? {}) }),
    tarMember({ name: `${prefix}manifest.json`, body: json(manifest) }),
  ]);
}

const compare = async (left: Image, right: Image) => await causesOf(layout([left]), layout([right]));

describe("images: the configuration", () => {
  const config = (fields: Readonly<Record<string, unknown>>): Image => ({ config: { ...AMD64, ...fields } });

  test.each([
    ["created", { created: "2026-01-01T00:00:00Z" }, { created: "2026-01-02T00:00:00Z" }, ".created"],
    ["created on one side only", { created: "2026-01-01T00:00:00Z" }, {}, ".created"],
    [
      "a date in year 1, which some builders write",
      { created: "2026-01-01T00:00:00Z" },
      { created: "0001-01-01T00:00:00Z" },
      ".created",
    ],
    ["created at 0", { created: "1970-01-01T00:00:00Z" }, { created: "2026-01-02T00:00:00Z" }, ".created"],
    [
      "of a step",
      { history: [{ created: "2026-01-01T00:00:00Z" }] },
      { history: [{ created: "2026-01-02T00:00:00Z" }] },
      ".history[0].created",
    ],
  ])("a time: %s", async (_name, left, right, path) => {
    const causes = await compare(config(left), config(right));
    expect(causes.map(([kind, place]) => [kind, place])).toEqual([["timestamp", `linux/amd64: config ${path}`]]);
  });

  test("times of steps are one finding, with a BuildKit option as the remedy", async () => {
    const steps = (day: string) =>
      config({ history: ["00", "01"].map((hour) => ({ created: `2026-01-${day}T${hour}:00:00Z` })) });
    const { causes } = await explain(layout([steps("01")]), layout([steps("02")]));
    expect(causes).toMatchObject([
      { kind: "timestamp", count: 2, remedy: expect.stringContaining("rewrite-timestamp=true") },
    ]);
  });

  test("a `created` field that is not a time", async () => {
    expect(await compare(config({ created: "yesterday" }), config({ created: "2026-01-01T00:00:00Z" }))).toEqual([
      like("embedded-text", "linux/amd64: config .created", "yesterday", "2026-01-01T00:00:00Z"),
    ]);
  });

  test("the platform", async () => {
    const image = (fields: object): Image => ({ platform: AMD64, config: { ...AMD64, ...fields } });
    expect(await compare(image({}), image({ architecture: "arm64" }))).toEqual([
      ["target", "linux/amd64: config .architecture", "amd64", "arm64"],
    ]);
    expect(await compare(image({}), image({ os: "windows" }))).toEqual([
      ["target", "linux/amd64: config .os", "linux", "windows"],
    ]);
    expect(await compare(image({ variant: "v2" }), image({}))).toEqual([
      ["target", "linux/amd64: config .variant", "v2", "absent"],
    ]);
  });

  test("steps of the Dockerfile, with their own remedy", async () => {
    const step = (text: string) => config({ history: [{ created_by: text }] });
    const { causes } = await explain(layout([step("RUN make one")]), layout([step("RUN make two")]));
    expect(causes).toMatchObject([
      {
        ...{ kind: "embedded-text", place: "linux/amd64: config .history[0].created_by", left: "RUN make one" },
        remedy: expect.stringContaining("the same Dockerfile"),
      },
    ]);
    const dated = await explain(
      layout([step("date 2026-01-01T00:00:00Z")]),
      layout([step("date 2026-01-02T00:00:00Z")]),
    );
    expect(dated.causes).toMatchObject([{ kind: "timestamp", remedy: expect.not.stringContaining("Dockerfile") }]);
  });

  test("other fields", async () => {
    const labels = (commit: string) => config({ config: { Labels: { commit }, Cmd: null } });
    const { causes } = await explain(layout([labels("aaa")]), layout([labels("bbb")]));
    expect(causes).toMatchObject([
      {
        ...{ kind: "embedded-text", place: "linux/amd64: config .config.Labels.commit", left: "aaa", right: "bbb" },
        remedy: expect.stringContaining("Find what writes it"),
      },
    ]);
    expect(await compare(config({ config: { ExposedPorts: {} } }), config({ config: { ExposedPorts: null } }))).toEqual(
      [["embedded-text", "linux/amd64: config .config.ExposedPorts", "{}", "null"]],
    );
  });

  test("a field that is empty on one side", async () => {
    expect(await compare(config({ author: "" }), config({ author: "b" }))).toEqual([
      ["embedded-text", "linux/amd64: config .author", "empty", "b"],
    ]);
  });

  test("the manifest, without digests of layers", async () => {
    const annotated = (text: string): Image => ({ ...config({}), annotations: { "org.example": text } });
    expect(await compare(annotated("one"), annotated("two"))).toEqual([
      ["embedded-text", 'linux/amd64: manifest .annotations["org.example"]', "one", "two"],
    ]);
  });

  test.each(["image", "container", "id", "parent"])(
    "the field %s, which follows from other fields, is not reported",
    async (key) => {
      const fields = (value: string) => config({ [key]: value, rootfs: { diff_ids: [value] }, author: value });
      expect(await compare(fields("a"), fields("b"))).toEqual([
        ["embedded-text", "linux/amd64: config .author", "a", "b"],
      ]);
    },
  );

  test("fields whose names only start like that are compared", async () => {
    const fields = (value: string) => config({ container_config: { Hostname: value } });
    expect(await compare(fields("a"), fields("b"))).toEqual([
      like("embedded-text", "linux/amd64: config .container_config.Hostname"),
    ]);
  });
});

describe("images: layers", () => {
  const image = (...layers: readonly Readonly<Record<string, string>>[]): Image => ({ config: AMD64, layers });

  test("a file in a layer", async () => {
    const [left, right] = [
      layout([image({ a: "same\n" }, { "etc/host": "one\n" })]),
      layout([image({ a: "same\n" }, { "etc/host": "two\n" })]),
    ];
    expect(await causesOf(left, right)).toEqual([
      ["embedded-text", "linux/amd64: layer 2: unpacked, etc/host: line 1", "one", "two"],
    ]);
    const found = await explain(left, right);
    expect(found.parts).toMatchObject([{ name: "linux/amd64: layer 2" }]);
    expect(found.excerpts).toMatchObject([
      { place: "linux/amd64: layer 2: unpacked, etc/host: ", lines: ["@@ line 1 / 1 @@", "-one", "+two"] },
    ]);
    expect(found.parts[0]?.left).toBe(layerOf({ "etc/host": "one\n" }).length);
  });

  test("different numbers of layers", async () => {
    const [left, right] = [layout([image({ a: "x\n" })]), layout([image({ a: "y\n" }, { b: "z" })])];
    expect(await causesOf(left, right)).toEqual([
      ["embedded-text", "linux/amd64: layers together: a: line 1", "x", "y"],
      ["member-set", "linux/amd64: layers", "1 layer", "2 layers"],
      ["member-set", "linux/amd64: layers together: members", "-", "b"],
    ]);
    const { causes } = await explain(right, left);
    expect(causes.find(({ kind }) => kind === "member-set")).toMatchObject({
      left: "2 layers",
      right: "1 layer",
      remedy: expect.stringContaining("Dockerfile"),
    });
  });

  test("different numbers of layers, without the steps that only one side has", async () => {
    const built = (steps: number, ...layers: readonly Readonly<Record<string, string>>[]): Image => ({
      config: { ...AMD64, history: Array.from({ length: steps }, (_none, index) => ({ comment: `step ${index}` })) },
      layers,
    });
    expect(await compare(built(9, { a: "x", b: "y" }), built(11, { a: "x" }, { b: "y" }))).toEqual([
      ["member-set", "linux/amd64: layers", "1 layer", "2 layers"],
    ]);
  });
});

describe("images: platforms", () => {
  const image = (platform: Readonly<Record<string, string>>, author: string): Image => ({
    platform,
    config: { ...platform, author },
  });

  test("are compared one by one, in any order", async () => {
    const [left, right] = [
      [image(AMD64, "a"), image(ARM, "b")],
      [image(ARM, "c"), image(AMD64, "a")],
    ];
    expect(await causesOf(layout(left), layout(right))).toEqual([
      ["embedded-text", "linux/arm/v7: config .author", "b", "c"],
    ]);
    expect(await causesOf(layout(left, true), layout(right, true))).toEqual([
      ["embedded-text", "linux/arm/v7: config .author", "b", "c"],
    ]);
  });

  test("on one side only", async () => {
    const { causes } = await explain(layout([image(AMD64, "a")]), layout([image(ARM, "a"), image(AMD64, "a")]));
    expect(causes).toMatchObject([
      { kind: "target", place: "platforms", left: "-", right: "linux/arm/v7", remedy: "Build for the same platforms." },
    ]);
    expect(
      await causesOf(
        layout([image(ARM, "a"), image(AMD64, "a")]),
        layout([image({ os: "windows", architecture: "amd64" }, "a"), image(AMD64, "a")]),
      ),
    ).toEqual([["target", "platforms", "linux/arm/v7", "windows/amd64"]]);
    expect(await causesOf(layout([image(ARM, "a"), image(AMD64, "a")]), layout([image(AMD64, "a")]))).toEqual([
      ["target", "platforms", "linux/arm/v7", "-"],
    ]);
  });

  test("of the same name are numbered", async () => {
    const images = (author: string) => layout([image(AMD64, "a"), image(AMD64, "b"), image(AMD64, author)]);
    expect(await causesOf(images("c"), images("d"))).toEqual([
      ["embedded-text", "linux/amd64 (3): config .author", "c", "d"],
    ]);
  });

  test("that the image does not name", async () => {
    const images = (author: string) => layout([{ config: { author: "a", os: "" } }, { config: { author } }]);
    expect(await causesOf(images("b"), images("c"))).toEqual([["embedded-text", "image 2: config .author", "b", "c"]]);
  });
});

describe("images: other formats", () => {
  const image = (author: string, host = "one"): Image => ({
    config: { ...AMD64, author },
    layers: [{ "etc/host": `${host}\n` }],
  });

  test("archives of `docker save`", async () => {
    expect(await causesOf(saved(image("a")), saved(image("b", "two")))).toEqual([
      ["embedded-text", "linux/amd64: config .author", "a", "b"],
      ["embedded-text", "linux/amd64: layer 1: etc/host: line 1", "one", "two"],
    ]);
    expect(await causesOf(saved(image("a")), saved(image("a"), { tags: ["app:2"] }))).toEqual([
      ["embedded-text", "linux/amd64: manifest .RepoTags[0]", "app:1", "app:2"],
    ]);
    expect(await causesOf(saved({ config: { author: "a" } }), saved({ config: { author: "b" } }))).toEqual([
      ["embedded-text", "image 1: config .author", "a", "b"],
    ]);
  });

  test("member names that start with `./`", async () => {
    expect(await causesOf(saved(image("a"), { prefix: "./" }), saved(image("b"), { prefix: "./" }))).toEqual([
      ["embedded-text", "linux/amd64: config .author", "a", "b"],
    ]);
  });

  test("equal layers that older versions of `docker save` store as links", async () => {
    // The link of ff leads to a file that is not there.
    const layers = ["bb", "cc", "layers/ee", "ff"];
    const linked = (host: string): Buffer => {
      const layer = tar([tarMember({ name: "etc/host", body: `${host}\n` })]);
      return tar([
        tarMember({ name: "aa/layer.tar", body: layer }),
        tarMember({ name: "bb/layer.tar", typeflag: "2", linkName: "../aa/layer.tar" }),
        tarMember({ name: "cc/layer.tar", typeflag: "1", linkName: "aa/layer.tar" }),
        tarMember({ name: "dd/layer.tar", typeflag: "2", linkName: "nowhere" }),
        tarMember({ name: "base/aa/layer.tar", body: layer }),
        tarMember({ name: "ff/layer.tar", typeflag: "2", linkName: "base/../aa/layer.tar" }),
        tarMember({ name: "layers/ee/layer.tar", typeflag: "2", linkName: "../../aa/layer.tar" }),
        tarMember({ name: "config.json", body: json(AMD64) }),
        tarMember({
          name: "manifest.json",
          body: json([{ Config: "config.json", Layers: layers.map((name) => `${name}/layer.tar`) }]),
        }),
      ]);
    };
    expect((await explain(linked("one"), linked("two"))).parts.map(({ name }) => name)).toEqual([
      "linux/amd64: layer 1",
      "linux/amd64: layer 2",
      "linux/amd64: layer 3",
    ]);
  });

  test("an OCI layout and an archive of `docker save` of one image", async () => {
    const causes = await causesOf(layout([image("a")]), saved(image("b")));
    expect(causes).toContainEqual(["archive-format", "linux/amd64: manifest", "OCI layout", "docker save"]);
    expect(causes).toContainEqual(["embedded-text", "linux/amd64: config .author", "a", "b"]);
  });

  test("an index whose blobs are missing, where manifest.json or else the members are compared", async () => {
    const index = tarMember({
      name: "index.json",
      body: json({ manifests: [{ digest: `sha256:${"0".repeat(64)}` }, {}, 5] }),
    });
    const oci = tarMember({ name: "oci-layout", body: "{}" });
    expect(
      await causesOf(
        tar([index, oci, saved(image("a")).subarray(0, -1024)]),
        tar([index, oci, saved(image("b")).subarray(0, -1024)]),
      ),
    ).toEqual([["embedded-text", "linux/amd64: config .author", "a", "b"]]);
    const file = (text: string): Buffer => tarMember({ name: "a", body: `${text}\n` });
    expect(await causesOf(tar([index, oci, file("one")]), tar([index, oci, file("two")]))).toEqual([
      ["embedded-text", "a: line 1", "one", "two"],
    ]);
  });

  test("documents that are not JSON, which are compared as files", async () => {
    const broken = (text: string): Buffer => tar([tarMember({ name: "manifest.json", body: `not JSON: ${text}\n` })]);
    expect(await causesOf(broken("one"), broken("two"))).toEqual([
      ["embedded-text", "manifest.json: line 1", "not JSON: one", "not JSON: two"],
    ]);
  });

  test("a tar with only an index.json, which is not an image", async () => {
    const file = (text: string): Buffer => tar([tarMember({ name: "index.json", body: json({ a: text }) })]);
    expect(await causesOf(file("one"), file("two"))).toEqual([["embedded-text", "index.json: .a", "one", "two"]]);
    const marked = (text: string): Buffer => tar([tarMember({ name: "oci-layout", body: `${text}\n` })]);
    expect(await causesOf(marked("one"), marked("two"))).toEqual([
      ["embedded-text", "oci-layout: line 1", "one", "two"],
    ]);
  });

  test("an image and a tar of other files, which are compared as tars", async () => {
    expect(await causesOf(saved({}), tar([tarMember({ name: "a" })]))).toEqual([like("member-set", "members")]);
    expect(await causesOf(tar([tarMember({ name: "a" })]), saved({}))).toEqual([like("member-set", "members")]);
  });

  test("equal images in different archives", async () => {
    expect(await causesOf(saved(image("a")), Buffer.concat([saved(image("a")), Buffer.alloc(512)]))).toEqual([
      like("archive-format", "padding at the end"),
    ]);
  });

  test("the last of several files with one name, as when tar extracts them", async () => {
    const twice = (author: string): Buffer =>
      tar([tarMember({ name: "config.json", body: json({ author: "old" }) }), saved({ config: { ...AMD64, author } })]);
    expect(await causesOf(twice("a"), twice("b"))).toEqual([
      ["embedded-text", "linux/amd64: config .author", "a", "b"],
    ]);
  });
});
