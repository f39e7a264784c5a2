import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { registryInspector } from "./registry.ts";

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

interface Content {
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly index?: boolean;
  /** Asks for a token first, as ghcr.io does of anybody. */
  readonly token?: boolean;
}

/** A registry with one image, `127.0.0.1:<port>/o/tools:1`. Returns the image's name. */
async function serve({ env = [], labels = {}, index = false, token = false }: Content): Promise<string> {
  const started = createServer((request, response) => {
    const url = request.url ?? "";
    const json = (value: unknown): void => void response.end(JSON.stringify(value));
    if (url.startsWith("/token?service=s&scope=repository%3Ao%2Ftools%3Apull")) return json({ token: "anonymous" });
    if (token && request.headers.authorization !== "Bearer anonymous") {
      response.writeHead(401, {
        "www-authenticate": `Bearer realm="http://${request.headers.host}/token",service="s"`,
      });
      return void response.end("{}");
    }
    if (url === "/v2/o/tools/manifests/1" && index) {
      return json({
        manifests: [
          { digest: "sha256:arm", platform: { os: "linux", architecture: "arm64" } },
          { digest: "sha256:amd", platform: { os: "linux", architecture: "amd64" } },
        ],
      });
    }
    if (url === `/v2/o/tools/manifests/${index ? "sha256:amd" : "1"}`) return json({ config: { digest: "sha256:c" } });
    if (url === "/v2/o/tools/blobs/sha256:c") return json({ config: { Env: env, Labels: labels } });
    response.writeHead(404).end("{}");
  });
  server = started;
  await new Promise((resolve) => started.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = started.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}/o/tools:1`;
}

describe("registryInspector", () => {
  test.each<[string, Content, string | undefined]>([
    ["RUST_VERSION", { env: ["PATH=/bin", "RUST_VERSION=1.95.0"] }, "1.95.0"],
    ["RUSTUP_TOOLCHAIN", { env: ["RUSTUP_TOOLCHAIN=1.94.1-x86_64-unknown-linux-gnu"] }, "1.94.1"],
    ["a label", { labels: { "org.example.rust-version": "1.93.0" } }, "1.93.0"],
    ["an index of platforms", { env: ["RUST_VERSION=1.95.0"], index: true }, "1.95.0"],
    ["an image that takes a token", { env: ["RUST_VERSION=1.95.0"], index: true, token: true }, "1.95.0"],
    ["nothing that says it", { env: ["TRUST_VERSION=1.0.0", "RUST_VERSION=stable"] }, undefined],
  ])("reads %s", async (_name, content, release) => {
    const image = await serve(content);
    expect(await registryInspector(fetch, () => undefined)(image)).toBe(release);
  });

  test.each([
    ["an image that is missing", (image: string) => image.replace("tools:1", "tools:2"), "404"],
    ["a registry that is down", () => "127.0.0.1:1/o/tools:1", "fetch failed"],
    ["a name that is none", () => "Not An Image", "is not an image reference"],
  ])("knows nothing of %s, and says why at debug level", async (_name, name, why) => {
    const said: string[] = [];
    const image = name(await serve({}));
    expect(await registryInspector(fetch, (message) => said.push(message))(image)).toBeUndefined();
    expect(said.join()).toContain(why);
  });
});
