import { parseReference } from "@release-actions/image-reference";
import type { ImageInspector } from "./check.ts";

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** What a registry may take in all; a pin is checked without it when it does not answer. */
const LIMIT_MS = 3000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Asks an image's registry, without credentials, which Rust release is inside: its `RUST_VERSION`, or a
 * label such as `org.example.rust-version` (OCI image spec, config.md). Says nothing when it cannot know.
 */
export function registryInspector(fetcher: typeof fetch, debug: (message: string) => void): ImageInspector {
  return async (image) => {
    try {
      return await inspect(image, fetcher);
    } catch (error) {
      debug(`${image}: ${error instanceof Error ? error.message : error}`);
      return undefined; // Offline, private or gone: what cannot be read is no finding.
    }
  };
}

async function inspect(image: string, fetcher: typeof fetch): Promise<string | undefined> {
  const { registry, repository, tag = "latest", digest } = parseReference(image);
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host) ? "http" : "https";
  const signal = AbortSignal.timeout(LIMIT_MS);
  let token: string | undefined;
  const get = async (path: string): Promise<unknown> => {
    const url = `${scheme}://${host}/v2/${repository}/${path}`;
    const send = () =>
      fetcher(url, {
        signal,
        headers: { accept: ACCEPT, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      });
    let response = await send();
    if (response.status === 401 && token === undefined) {
      token = await anonymousToken(response.headers.get("www-authenticate") ?? "", repository, fetcher, signal);
      response = await send();
    }
    return await readJson(response);
  };
  let manifest = await get(`manifests/${digest ?? tag}`);
  const child = forLinux(field(manifest, "manifests"));
  if (child !== undefined) manifest = await get(`manifests/${child}`);
  const config = field(field(manifest, "config"), "digest");
  return typeof config === "string" ? rustRelease(field(await get(`blobs/${config}`), "config")) : undefined;
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
async function anonymousToken(
  challenge: string,
  repository: string,
  fetcher: typeof fetch,
  signal: AbortSignal,
): Promise<string> {
  const parameter = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = parameter("realm");
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error("the registry wants credentials");
  const url = new URL(realm);
  if (url.protocol !== "https:" && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
    throw new Error("the token service is not on https");
  const service = parameter("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull`);
  const answer = await readJson(await fetcher(url, { signal }));
  const token = field(answer, "token") ?? field(answer, "access_token");
  if (typeof token !== "string") throw new Error("the token service gave no token");
  return token;
}

async function readJson(response: Response): Promise<unknown> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the registry answered ${response.status}`);
  }
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > MAX_BYTES) throw new Error(`the registry sent ${length} bytes where a manifest was expected`);
  return JSON.parse(await response.text());
}

function forLinux(manifests: unknown): string | undefined {
  if (!Array.isArray(manifests)) return undefined;
  const entry = manifests.find((each) => {
    const platform = field(each, "platform");
    return field(platform, "os") === "linux" && field(platform, "architecture") === "amd64";
  });
  const digest = field(entry, "digest");
  return typeof digest === "string" ? digest : undefined;
}

function rustRelease(config: unknown): string | undefined {
  const env = field(config, "Env");
  const variables = Array.isArray(env) ? env.filter((each) => typeof each === "string") : [];
  const labels = Object.entries(field(config, "Labels") ?? {}).map(([name, value]) => `${name}=${value}`);
  const stated = [...variables, ...labels].map(
    (line) => /(?:^|[._-])rust(?:up)?[._-]?(?:version|toolchain)=(\d+\.\d+(?:\.\d+)?)/i.exec(line)?.[1],
  );
  return stated.find((release) => release !== undefined);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
