import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Reporter, silentReporter } from "@release-actions/report";
import { findCandidates, type Surroundings } from "./candidates.ts";
import { formatEndpoint } from "./endpoint.ts";
import { findEngine } from "./find.ts";
import { type Reply, reply, startScriptedEngine } from "./testing/scripted-engine.ts";

const reporter: Reporter = silentReporter;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "home-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function surroundings(env: Surroundings["env"] = {}): Surroundings {
  return { env, home, platform: "linux", uid: 1001, root: home };
}

async function writeContext(name: string, host: string): Promise<void> {
  const folder = path.join(home, ".docker/contexts/meta", createHash("sha256").update(name).digest("hex"));
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, "meta.json"),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
  );
}

async function writeConfig(config: unknown): Promise<void> {
  await mkdir(path.join(home, ".docker"), { recursive: true });
  await writeFile(path.join(home, ".docker/config.json"), JSON.stringify(config));
}

async function places(env: Surroundings["env"] = {}): Promise<string[]> {
  const candidates = await findCandidates(surroundings(env));
  return candidates.map(({ origin, endpoint }) => `${origin}: ${formatEndpoint(endpoint)}`);
}

describe("findCandidates", () => {
  test("by default tries the default socket, then rootless Docker, then podman", async () => {
    expect(await places()).toEqual([
      `the default socket: unix://${home}/var/run/docker.sock`,
      `rootless Docker: unix://${home}/run/user/1001/docker.sock`,
      `podman: unix://${home}/run/podman/podman.sock`,
      `rootless podman: unix://${home}/run/user/1001/podman/podman.sock`,
    ]);
    expect(await places({ XDG_RUNTIME_DIR: "/xdg", CONTAINER_HOST: "unix:///mine.sock" })).toEqual([
      `the default socket: unix://${home}/var/run/docker.sock`,
      "rootless Docker: unix:///xdg/docker.sock",
      "CONTAINER_HOST: unix:///mine.sock",
      `podman: unix://${home}/run/podman/podman.sock`,
      "rootless podman: unix:///xdg/podman/podman.sock",
    ]);
  });

  test("prefers DOCKER_HOST to any context, as docker does", async () => {
    await writeConfig({ currentContext: "remote" });
    const env = { DOCKER_HOST: "tcp://10.0.0.1:2375", DOCKER_CONTEXT: "other" };
    expect(await places(env)).toEqual(["DOCKER_HOST: tcp://10.0.0.1:2375"]);
  });

  test("reads certificates for DOCKER_HOST when DOCKER_TLS_VERIFY asks for TLS", async () => {
    await writeFile(path.join(home, "ca.pem"), "");
    const env = { DOCKER_HOST: "tcp://host", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: home };
    const [candidate] = await findCandidates(surroundings(env));
    const tls = { ca: path.join(home, "ca.pem"), verify: true };
    expect(candidate?.endpoint).toEqual({ kind: "tcp", host: "host", port: 2376, tls });
  });

  test("uses DOCKER_CONTEXT, or else the current context of config.json", async () => {
    await writeConfig({ currentContext: "desktop", auths: {} });
    await writeContext("desktop", "unix:///home/me/desktop.sock");
    await writeContext("other", "unix:///other.sock");
    expect(await places()).toEqual(['the docker context "desktop": unix:///home/me/desktop.sock']);
    expect(await places({ DOCKER_CONTEXT: "other" })).toEqual(['the docker context "other": unix:///other.sock']);
    expect(await places({ DOCKER_CONTEXT: "default" })).toHaveLength(4);
  });

  test("reads the configuration from the folder DOCKER_CONFIG", async () => {
    await writeConfig({ currentContext: "desktop" });
    expect(await places({ DOCKER_CONFIG: path.join(home, "elsewhere") })).toHaveLength(4);
  });

  test("fails for a context that does not exist, and names the setting that chose it", async () => {
    await writeConfig({ currentContext: "gone" });
    await expect(places()).rejects.toThrow(/context "gone", chosen by .*config\.json, does not exist/);
  });

  test.each<[name: string, content: string, message: RegExp]>([
    ["is not JSON", "{", /config\.json is not JSON/],
    ["is a list", "[]", /config\.json: the document is a list/],
    ["has a context that is not a name", '{"currentContext":7}', /`currentContext` is 7, expected a string/],
  ])("fails for a config.json that %s", async (_name, content, message) => {
    await writeConfig({});
    await writeFile(path.join(home, ".docker/config.json"), content);
    await expect(places()).rejects.toThrow(message);
  });
});

describe("findEngine", () => {
  const podman: Record<string, Reply> = {
    "GET /_ping": reply(200, "OK", { "api-version": "1.41" }),
    "GET /version": reply(200, {
      Version: "4.9.3",
      Os: "linux",
      Arch: "arm64",
      Components: [{ Name: "Podman Engine" }],
    }),
  };

  test("returns the engine's product, version, platform and storage", async () => {
    await using docker = await startScriptedEngine({});
    const engine = await findEngine({
      reporter,
      surroundings: surroundings({ DOCKER_HOST: `unix://${docker.endpoint.path}` }),
    });
    expect(engine).toEqual({
      endpoint: docker.endpoint,
      apiVersion: "1.47",
      product: "docker",
      version: "27.0.0",
      platform: { os: "linux", architecture: "amd64" },
      storageDriver: "overlay2",
      containerdStore: false,
      rootFolder: "/data",
    });
  });

  test("uses no newer API version than it knows", async () => {
    await using docker = await startScriptedEngine({ "GET /_ping": reply(200, "OK", { "api-version": "1.99" }) });
    const engine = await findEngine({
      reporter,
      surroundings: surroundings({ DOCKER_HOST: `unix://${docker.endpoint.path}` }),
    });
    expect(engine.apiVersion).toBe("1.51");
  });

  test("uses podman when Docker is missing", async () => {
    await using engine = await startScriptedEngine(podman);
    await mkdir(path.join(home, "run/podman"), { recursive: true });
    await symlink(engine.endpoint.path, path.join(home, "run/podman/podman.sock"));
    const found = await findEngine({ reporter, surroundings: surroundings() });
    expect(found).toMatchObject({ product: "podman", platform: { architecture: "arm64" } });
  });

  test("lists the places that it tried when there is no engine, and says what to do (F75)", async () => {
    const tried = (await places()).map((place) => `- ${place}: there is no such socket`);
    await expect(findEngine({ reporter, surroundings: surroundings() })).rejects.toMatchObject({
      name: "EngineNotFound",
      message: ["no container engine answers; tried:", ...tried].join("\n"),
      advice: expect.stringMatching(/Install Docker/),
    });
  });

  test("distinguishes a stopped daemon from a missing one (F75)", async () => {
    const socket = path.join(home, "down.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${socket}.0`, resolve));
    // A server that closes normally deletes its socket file; a killed daemon leaves it.
    await rename(`${socket}.0`, socket);
    await new Promise((resolve) => server.close(resolve));
    const finding = findEngine({ reporter, surroundings: surroundings({ DOCKER_HOST: `unix://${socket}` }) });
    await expect(finding).rejects.toMatchObject({
      message: expect.stringContaining("nobody listens there"),
      advice: expect.stringContaining("systemctl start docker"),
    });
  });

  test("stops at a socket without permission, and says how to get access (F75)", async () => {
    await using docker = await startScriptedEngine({});
    await mkdir(path.join(home, "var/run"), { recursive: true });
    await symlink(docker.endpoint.path, path.join(home, "var/run/docker.sock"));
    await chmod(home, 0o755);
    await chmod(docker.endpoint.path, 0);
    const finding = asSomebodyElse(() => findEngine({ reporter, surroundings: surroundings() }));
    await expect(finding).rejects.toMatchObject({
      message: `no container engine answers; tried:\n- the default socket: unix://${home}/var/run/docker.sock: permission denied`,
      advice: expect.stringContaining("usermod -aG docker"),
    });
  });

  test.each<[what: string, answer: Reply]>([
    ["a web server", reply(404, "<html>nothing here</html>")],
    ["an engine that names no API version", reply(200, "OK")],
    ["an engine that fails", reply(500, { message: "starting" })],
  ])("does not accept %s as an engine", async (_what, answer) => {
    await using server = await startScriptedEngine({ "GET /_ping": answer });
    const finding = findEngine({
      reporter,
      surroundings: surroundings({ DOCKER_HOST: `unix://${server.endpoint.path}` }),
    });
    await expect(finding).rejects.toThrow(/is a container engine: the engine says: .* \(status \d+\)/);
  });
});

/** Runs as an unprivileged user, since root may open any socket. */
async function asSomebodyElse<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
