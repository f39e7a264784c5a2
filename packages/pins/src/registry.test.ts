import { afterEach, describe, expect, test } from "@jest/globals";
import { LoopbackServers } from "@release-actions/http/testing";
import { digestOf } from "@release-actions/oci";
import { askRegistries } from "./registry.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());

interface Content {
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly index?: boolean;
  /** Requires a token, as ghcr.io does even for anonymous users. */
  readonly token?: boolean;
}

/** A registry with one image, `127.0.0.1:<port>/o/tools:1`. Returns the image's name, and its digest. */
async function serve({ env = [], labels = {}, index = false, token = false }: Content) {
  const config = Buffer.from(JSON.stringify({ config: { Env: env, Labels: labels } }));
  const manifest = Buffer.from(JSON.stringify({ config: { digest: digestOf(config) } }));
  const list = Buffer.from(
    JSON.stringify({
      manifests: [
        { digest: digestOf(Buffer.from("arm")), platform: { os: "linux", architecture: "arm64" } },
        { digest: digestOf(manifest), platform: { os: "linux", architecture: "amd64" } },
      ],
    }),
  );
  const top = index ? list : manifest;
  const contents = new Map([
    ["/v2/o/tools/manifests/1", top],
    [`/v2/o/tools/manifests/${digestOf(manifest)}`, manifest],
    [`/v2/o/tools/blobs/${digestOf(config)}`, config],
    ["/token?service=s&scope=repository%3Ao%2Ftools%3Apull", Buffer.from('{"token":"anonymous"}')],
  ]);
  const { host } = await servers.start((request, response) => {
    const url = request.url ?? "";
    const content = contents.get(url);
    if (token && !url.startsWith("/token") && request.headers.authorization !== "Bearer anonymous") {
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="s"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    } else response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  return { image: `${host}/o/tools:1`, digest: digestOf(top) };
}

const quiet = () => askRegistries({}, () => undefined);

describe("askRegistries", () => {
  test.each<[string, Content, string | undefined]>([
    ["RUST_VERSION", { env: ["PATH=/bin", "RUST_VERSION=1.95.0"] }, "1.95.0"],
    ["RUSTUP_TOOLCHAIN", { env: ["RUSTUP_TOOLCHAIN=1.94.1-x86_64-unknown-linux-gnu"] }, "1.94.1"],
    ["a label", { labels: { "org.example.rust-version": "1.93.0" } }, "1.93.0"],
    ["an index of platforms", { env: ["RUST_VERSION=1.95.0"], index: true }, "1.95.0"],
    ["an image that requires a token", { env: ["RUST_VERSION=1.95.0"], index: true, token: true }, "1.95.0"],
    ["an image without a Rust version", { env: ["TRUST_VERSION=1.0.0", "RUST_VERSION=stable"] }, undefined],
  ])("reads %s", async (_name, content, release) => {
    const { image } = await serve(content);
    expect(await quiet().inspectImage(image)).toBe(release);
  });

  test("returns the digest of a tag, which covers all its platforms", async () => {
    const { image, digest } = await serve({ index: true, token: true });
    expect(await quiet().imageDigest(image)).toBe(digest);
  });

  test.each([
    ["a missing image", (image: string) => image.replace("tools:1", "tools:2"), "does not have it"],
    ["a registry that is down", () => "127.0.0.1:1/o/tools:1", "ECONNREFUSED"],
    ["an invalid name", () => "Not An Image", "is not an image reference"],
  ])("returns nothing for %s, and logs the reason at debug level", async (_name, name, why) => {
    const said: string[] = [];
    const { inspectImage, imageDigest } = askRegistries({}, (message) => said.push(message));
    const image = name((await serve({})).image);
    expect(await inspectImage(image)).toBeUndefined();
    expect(await imageDigest(image)).toBeUndefined();
    expect(said).toEqual([expect.stringContaining(why), expect.stringContaining(why)]);
  });
});
