import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createTransport } from "@release-actions/http";
import { openRegistry, type Registry } from "@release-actions/registry-client";
import { freePort } from "../support/free-port.ts";

export const USER = "publisher";
export const PASSWORD = "s3cret-of-a-test";
/** The password's hash for the user and for an organisation of the tests. The registry accepts only bcrypt. */
const HTPASSWD = [USER, "acme"]
  .map((user) => `${user}:$2y$05$abcdefghijklmnopqrstuuUye9KAb65Fza6CF.CT57kJsr9j2GQAG\n`)
  .join("");
const START_LIMIT_MS = 10_000;

/** Distribution's own (`registry`), crane's, which is in memory and has no passwords, or the program of Debian's older one. */
export type RegistryKind = "registry" | "crane" | (string & {});

/** A registry on a free port, with a password and a folder of its own. */
export class RealRegistry {
  /** The host as in references, such as `127.0.0.1:40000`. */
  readonly host: string;
  readonly origin: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, kind: RegistryKind) {
    this.host = `127.0.0.1:${port}`;
    this.origin = `http://${this.host}`;
    this.#folder = folder;
    const [program, ...args] =
      kind === "crane"
        ? ["crane", "registry", "serve", "--address", this.host]
        : [kind, "serve", path.join(folder, "config.yml")];
    this.#child = spawn(program, args, { stdio: "ignore" });
  }

  static async start(kind: RegistryKind = "registry"): Promise<RealRegistry> {
    const folder = mkdtempSync(path.join(tmpdir(), "registry-"));
    const port = await freePort();
    writeFileSync(path.join(folder, "htpasswd"), HTPASSWD);
    writeFileSync(
      path.join(folder, "config.yml"),
      JSON.stringify({
        version: "0.1",
        log: { level: "error", accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: path.join(folder, "data") }, delete: { enabled: true } },
        http: { addr: `127.0.0.1:${port}`, relativeurls: true },
        auth: { htpasswd: { realm: "test", path: path.join(folder, "htpasswd") } },
      }),
    );
    const registry = new RealRegistry(port, folder, kind);
    await registry.#ready();
    return registry;
  }

  /** A client with the password that goes directly to the registry, without the proxy in front of it. */
  client(): Registry {
    const credentials = { username: USER, password: PASSWORD };
    return openRegistry(this.host, { transport: createTransport(), credentials });
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ready(): Promise<void> {
    for (const started = performance.now(); performance.now() - started < START_LIMIT_MS; await sleep(25)) {
      const answer = await fetch(`${this.origin}/v2/`).catch(() => undefined);
      if (answer?.status === 401 || answer?.status === 200) return;
    }
    throw new Error(`the registry did not answer within ${START_LIMIT_MS} ms`);
  }
}
