import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";

const START_LIMIT_MS = 60_000;
/** Ends the child when the parent ends, even by a crash, because then the child's standard input closes. */
const END_WITH_PARENT = 'data:text/javascript,process.stdin.resume().on("close", () => process.exit())';

/** A real npm registry on a free port, with a folder and users of its own, and without an upstream registry. */
export class Verdaccio {
  readonly origin: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string) {
    this.origin = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    const main = path.join(
      path.dirname(createRequire(import.meta.url).resolve("verdaccio/package.json")),
      "bin/verdaccio",
    );
    const args = ["--config", path.join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`];
    this.#child = spawn(process.execPath, ["--import", END_WITH_PARENT, main, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder },
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  /** The registry's storage, with a folder for each package. Removing a folder removes the package. */
  get storage(): string {
    return path.join(this.#folder, "storage");
  }

  static async start(): Promise<Verdaccio> {
    const folder = mkdtempSync(path.join(tmpdir(), "verdaccio-"));
    const config = {
      storage: path.join(folder, "storage"),
      web: { enable: false },
      auth: { htpasswd: { file: path.join(folder, "htpasswd"), algorithm: "sha1" } },
      packages: { "**": { access: "$all", publish: "$authenticated" } },
      max_body_size: "200mb",
      log: { type: "stdout", format: "json", level: "fatal" },
    };
    writeFileSync(path.join(folder, "config.yaml"), JSON.stringify(config));
    const registry = new Verdaccio(await freePort(), folder);
    await registry.#ready();
    return registry;
  }

  /** Creates a user, and returns a token of that user, as `npm login` gets it. */
  async addUser(name: string): Promise<string> {
    const response = await fetch(`${this.origin}/-/user/org.couchdb.user:${name}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, password: "password-of-a-test" }),
    });
    const { token }: { token?: string } = Object(await response.json());
    if (token === undefined) throw new Error(`verdaccio made no user ${name}: ${response.status}`);
    return token;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const limit = Date.now() + START_LIMIT_MS;
    while (Date.now() < limit && this.#child.exitCode === null) {
      const answer = await fetch(`${this.origin}/-/ping`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error("verdaccio did not start");
  }
}
