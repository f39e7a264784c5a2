import { cpSync, createReadStream, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { checkImageArchive } from "@release-actions/oci";
import { formatPlatform } from "@release-actions/platform";
import { parse } from "yaml";
import { dockerEnv } from "../act/docker-client.ts";
import { describeWithEngines } from "../engines.ts";
import { describeWith } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { StepFiles } from "../runner/step-files.ts";
import { Workbench } from "../support/compile.ts";

const ACTION = path.join(import.meta.dirname, "../../actions/build-image/action.yml");
const DOCKERFILE = [
  "FROM scratch AS symbols",
  "COPY hello.debug /",
  "FROM scratch AS runtime",
  "ARG GREETING",
  "COPY hello /",
  "LABEL greeting=$GREETING",
  "FROM runtime AS other",
  "LABEL other=yes",
  "",
].join("\n");
/** A program that copies one file. The build copies each secret with it, because a mounted secret is not in the image. */
const COPY = `#include <stdio.h>
int main(int c, char **v) { FILE *i = fopen(v[1], "r"), *o = fopen(v[2], "w"); int b;
  if (!i || !o) return 1; while ((b = fgetc(i)) != EOF) fputc(b, o); return fclose(o); }
`;
/** The values of the expressions in the step. The action's other steps are not run. */
const CONTEXT: Readonly<Record<string, string>> = {
  "steps.cache.outputs.available": "",
  "github.ref_type == 'tag'": "false",
  "github.server_url": "https://github.com",
  "github.repository": "acme/product",
  "github.sha": "c0ffee",
};

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly runs: {
    readonly steps: readonly { readonly id?: string; readonly run?: string; readonly env?: Record<string, string> }[];
  };
}

// The workflow tests check action.yml against GitHub's own schema.
const action = parse(readFileSync(ACTION, "utf8")) as Action;
const step = action.runs.steps.find(({ id }) => id === "build");

/** The variables of the step, as a runner fills them in. */
function variables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  for (const name of Object.keys(inputs)) if (!(name in action.inputs)) throw new Error(`no input ${name}`);
  const resolve = (name: string): string => {
    const input = /^inputs\.(.+)$/.exec(name)?.[1];
    const value = input === undefined ? CONTEXT[name] : (inputs[input] ?? String(action.inputs[input]?.default ?? ""));
    if (value === undefined) throw new Error(`this test does not know ${name}`);
    return value;
  };
  const fill = (text: string): string => text.replaceAll(/\$\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => resolve(name));
  return Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, text]) => [name, fill(text)]));
}

describeWith(["docker", "gcc", "jq", "registry"], "build-image", () => {
  describeWithEngines("with an engine", ["containerd"], (engine) => {
    let docker: ReturnType<typeof dockerEnv>;
    let registry: RealRegistry;
    beforeAll(async () => {
      [docker, registry] = [dockerEnv(engine), await RealRegistry.start()];
      const auth = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");
      const config = JSON.stringify({ auths: { [registry.host]: { auth } } });
      writeFileSync(path.join(docker.env["DOCKER_CONFIG"] ?? "", "config.json"), config);
    });
    afterAll(async () => {
      docker[Symbol.dispose]();
      await registry.close();
    });

    interface BuildSetting {
      readonly env?: Readonly<Record<string, string>>;
      readonly files?: Readonly<Record<string, string>>;
      /** The source of a program that the build finds under that name. */
      readonly program?: string;
    }

    interface Built extends CommandResult {
      readonly outputs: Readonly<Record<string, string>>;
      readonly folder: FileTree;
    }

    /** Runs the step's script as a runner does, in a checkout with a Dockerfile of three stages. */
    async function build(
      inputs: Readonly<Record<string, string>>,
      { env = {}, files: more = {}, program }: BuildSetting = {},
    ): Promise<Built & Disposable> {
      const contents = { "docker/Dockerfile": DOCKERFILE, hello: "hello\n", "hello.debug": "symbols\n", ...more };
      const folder = new FileTree(contents);
      if (program !== undefined) cpSync(program, folder.path("program"));
      const files = await StepFiles.create(folder.path("commands"), 1);
      const result = await runCommand(
        "bash",
        ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step?.run ?? ""],
        {
          cwd: folder.root,
          env: { ...process.env, ...docker.env, ...files.env, ...variables(inputs), ...env, RUNNER_TEMP: folder.root },
          check: false,
        },
      );
      const { outputs } = await files.read();
      return { ...result, outputs, folder, [Symbol.dispose]: () => folder[Symbol.dispose]() };
    }

    const labelsOf = async (image: string): Promise<Record<string, string>> => {
      const env = { ...process.env, ...docker.env };
      const args = ["image", "inspect", "--format", "{{json .Config.Labels}}", image];
      return JSON.parse((await runCommand("docker", args, { env })).stdout);
    };

    test("builds an image into the engine, under all its names and tags, with labels that name its origin", async () => {
      using built = await build({
        images: "localhost/build-image/a=runtime\nlocalhost/build-image/b=runtime",
        tags: "1\nlatest",
        "build-args": "GREETING=good morning",
        labels: "team=blue",
      });
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      const { digest = "", references = "" } = built.outputs;
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      const names = ["a:1", "a:latest", "b:1", "b:latest"].map((name) => `localhost/build-image/${name}`);
      expect(references.split("\n").sort()).toEqual(names.map((name) => `${name}@${digest}`));
      for (const name of names) {
        expect(await labelsOf(name)).toMatchObject({
          greeting: "good morning",
          team: "blue",
          "org.opencontainers.image.source": "https://github.com/acme/product",
          "org.opencontainers.image.revision": "c0ffee",
        });
      }
    });

    test("writes an archive for all platforms, in the compression asked for", async () => {
      using built = await build({
        images: "localhost/build-image/c",
        platforms: "linux/amd64,linux/arm64",
        archive: "image.tar",
      });
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      const { archive } = await checkImageArchive(createReadStream(built.folder.path("image.tar")));
      expect(archive.digest).toBe(built.outputs["digest"]);
      expect(archive.images.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/amd64", "linux/arm64"]);
      expect(new Set(archive.images.flatMap(({ layers }) => layers.map(({ compression }) => compression)))).toEqual(
        new Set(["zstd"]),
      );
    });

    test("pushes each stage's image to its registry, and exports the files of another", async () => {
      const [one, other] = [`${registry.host}/acme/one`, `${registry.host}/acme/other`];
      using built = await build({
        images: `${one}=runtime\n${other}`,
        tags: "1.2.3",
        push: "true",
        exports: "symbols=out",
      });
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      const digests = await Promise.all(
        ["acme/one", "acme/other"].map(async (name) => (await registry.client().manifest(name, "1.2.3"))?.digest),
      );
      expect(built.outputs["digest"]).toBe(digests[0]);
      expect(built.outputs["references"]).toBe(`${one}:1.2.3@${digests[0]}\n${other}:1.2.3@${digests[1]}`);
      expect(digests[1]).not.toBe(digests[0]);
      expect(readFileSync(built.folder.path("out/hello.debug"), "utf8")).toBe("symbols\n");
    });

    test.each<[name: string, inputs: Record<string, string>]>([
      ["no image", { images: "" }],
      ["a stage", { images: "=other" }],
      ["names beside them", { images: "HOST/acme/named=other\nHOST/acme/second=runtime" }],
    ])("pushes whole references as metadata-action writes them, with %s in images", async (_name, given) => {
      const isNamed = given["images"]?.includes("named") === true;
      const at = (text: string): string => text.replaceAll("HOST", registry.host);
      using built = await build({
        images: at(given["images"] ?? ""),
        ...{
          tags: at("HOST/acme/whole:1.2\nHOST/acme/whole\nHOST/acme/copy:1.2") + (isNamed ? ",1.3" : ""),
          "tag-prefix": "debug-",
        },
        ...{ provenance: "false", push: "true" },
      });
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      const whole = ["whole:debug-1.2", "whole:debug-latest", "copy:debug-1.2"];
      const first = isNamed ? ["named:debug-1.3", ...whole] : whole;
      const references = built.outputs["references"]?.split("\n") ?? [];
      const digest = built.outputs["digest"] ?? "";
      expect(references.slice(0, first.length)).toEqual(first.map((name) => `${registry.host}/acme/${name}@${digest}`));
      expect(references.slice(first.length).map((name) => name.replace(/@.*/, ""))).toEqual(
        isNamed ? [`${registry.host}/acme/second:debug-1.3`] : [],
      );
      for (const [name = "", tag = ""] of first.map((it) => it.split(":"))) {
        expect((await registry.client().manifest(`acme/${name}`, tag))?.digest).toBe(digest);
      }
    });

    const KEY = ["-----BEGIN PRIVATE KEY-----", "A".repeat(64), "MIIEv==", "-----END PRIVATE KEY-----"].join("\n");
    const BASE64 = `${"Zm9v".repeat(16)}\nYmFyCg==`;
    /** The IDs of the secrets that the build reads. */
    const SECRETS = ["key", "base64", "quoted", "plain", "from_env", "from_file", "last"];

    test("passes secrets of several lines unchanged, whichever source they come from", async () => {
      const expected = {
        ...{ key: KEY, base64: BASE64, quoted: 'one\nA=1\n"two"', plain: "a=b", from_env: "x\ny=1", last: "end" },
        from_file: "file\nof=lines\n",
      };
      const secrets = [
        `key=${KEY}`,
        `base64=${BASE64}`,
        `"quoted=one\nA=1\n""two"""`,
        "empty=",
        "plain=a=b",
        "last=end\n",
      ].join("\n");
      using bench = new Workbench({ "copy.c": COPY });
      await bench.run("gcc -static -O1 copy.c -o copy");
      using built = await build(
        {
          ...{ images: "localhost/build-image/secrets", secrets, exports: "=out" },
          ...{ "secret-envs": "from_env=FROM_ENV\nabsent=ABSENT", "secret-files": "from_file=secret.txt" },
        },
        {
          env: { FROM_ENV: expected.from_env },
          files: {
            "secret.txt": expected.from_file,
            "docker/Dockerfile": [
              "FROM scratch AS probe",
              "COPY program /copy",
              ...SECRETS.map(
                (id) =>
                  `RUN --network=none --mount=type=secret,id=${id},required=true ["/copy", "/run/secrets/${id}", "/${id}"]`,
              ),
              "FROM scratch",
              "COPY --from=probe / /",
              "",
            ].join("\n"),
          },
          program: bench.path("copy"),
        },
      );
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      for (const id of SECRETS) {
        expect([id, readFileSync(built.folder.path(`out/${id}`), "utf8")]).toEqual([id, Object(expected)[id]]);
      }
    });

    test("reads its list inputs as build-push-action does", async () => {
      using built = await build(
        {
          ...{ images: "  localhost/build-image/lists  \n\n", tags: "1, 2\n 3 ", dockerfile: "a b/Docker file" },
          platforms: " linux/amd64,\n linux/arm/v7 ",
          archive: "image.tar",
          "build-args": '  GREETING=a=b #c  \n   \n"LINES=one\n\n # ""two"""\r\nODD="x" y\n"open=',
          labels: '"lines=one\n  two"\nplain=a,b',
          annotations: "  org.opencontainers.image.title=a b  ",
          ...{ "secret-envs": "one=ONE,two=TWO", "secret-files": 'three=a b/with, comma".txt' },
          ...{ "no-cache": "True", provenance: "False", sbom: "FALSE", options: "--network=none\n--shm-size=64m" },
        },
        {
          env: { ONE: "1", TWO: "2" },
          files: {
            'a b/with, comma".txt': "3",
            "a b/Docker file": [
              "FROM scratch",
              "ARG GREETING LINES ODD",
              ...["one", "two", "three"].map((id) => `COPY hello /${id}`),
              "LABEL greeting=$GREETING arg=$LINES odd=$ODD",
              "",
            ].join("\n"),
          },
        },
      );
      expect([built.exitCode, built.exitCode === 0 ? "" : built.stderr]).toEqual([0, ""]);
      const names = ["1", "2", "3"].map((tag) => `localhost/build-image/lists:${tag}@${built.outputs["digest"]}`);
      expect(built.outputs["references"]?.split("\n")).toEqual(names);
      const file = built.folder.path("image.tar");
      const { archive } = await checkImageArchive(createReadStream(file));
      expect(archive.images.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/amd64", "linux/arm/v7"]);
      const { stdout } = await runCommand("tar", ["-xOf", file, archive.images[0]?.config.path ?? ""]);
      expect(JSON.parse(stdout).config.Labels).toMatchObject({
        ...{ greeting: "a=b #c", arg: 'one\n\n # "two"', odd: '"x" y', lines: "one\n  two", plain: "a,b" },
      });
      const { annotations } = JSON.parse(Buffer.from(archive.root?.bytes ?? "").toString());
      expect(annotations).toEqual({ "org.opencontainers.image.title": "a b" });
    });

    test.each<[name: string, inputs: Record<string, string>, said: string]>([
      ["no tag to push under", { images: "127.0.0.1:9/acme/a", push: "true", tags: "" }, "there is no tag to push"],
      [
        "a boolean input with another value",
        { images: "localhost/a", pull: "yes" },
        '::error::pull is "yes", expected true or',
      ],
      [
        "an option that belongs in an input",
        { images: "localhost/a", options: "--push" },
        "::error::options has --push",
      ],
      ["no image", { images: "" }, "::error::the input images is empty, expected name=stage lines"],
      [
        "a tag without a name beside a whole reference",
        { images: "=runtime", tags: "127.0.0.1:9/acme/a:1, 2", push: "true" },
        "::error::the input tags has 2 without a name",
      ],
      [
        "build-push-action's name of the repository as the context",
        { images: "localhost/a", context: "{{defaultContext}}:docker" },
        "use context: dir and dockerfile: dir/Dockerfile",
      ],
      ["a stage that does not exist", { images: "localhost/build-image/d=nowhere", archive: "image.tar" }, "nowhere"],
      [
        "a registry that refuses the connection (misleads 11)",
        { images: "127.0.0.1:9/acme/a", push: "true" },
        "127.0.0.1:9",
      ],
    ])("fails with %s, and does not set the digest", async (_name, inputs, said) => {
      using built = await build(inputs);
      expect(built.exitCode).not.toBe(0);
      expect(built.stdout + built.stderr).toContain(said);
      expect(built.outputs).toEqual({});
    });
  });
});
