import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FileTree } from "@release-actions/example-product";
import { type GitServer, serveGit } from "@release-actions/git/fixture";

/** A token that is as long as GitHub's tokens. */
const TOKEN = "ghs_SECRETofTheTap0123456789abcdefghijkl";

/** A server of taps: bare repositories behind real git over HTTP, which requires a token as GitHub does. */
export class TapServer {
  readonly token = TOKEN;
  readonly server: GitServer;
  readonly #folder: string;

  private constructor(folder: string, server: GitServer) {
    this.#folder = folder;
    this.server = server;
  }

  static async start(): Promise<TapServer> {
    const folder = mkdtempSync(path.join(tmpdir(), "tap-"));
    return new TapServer(folder, await serveGit(folder, TOKEN));
  }

  /** A new empty tap, `acme/homebrew-<name>`. */
  create(name: string): Tap {
    const bare = path.join(this.#folder, "acme", `homebrew-${name}.git`);
    mkdirSync(bare, { recursive: true });
    const tap = new Tap(`${this.server.origin}/acme/homebrew-${name}.git`, bare);
    tap.git("init", "--quiet", "--bare", "--initial-branch=main");
    tap.git("config", "http.receivepack", "true");
    return tap;
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class Tap {
  readonly url: string;
  readonly folder: string;

  constructor(url: string, folder: string) {
    this.url = url;
    this.folder = folder;
  }

  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Commits and pushes the content of a folder, as people do from their own clone. */
  commit(folder: string, message = "by hand"): void {
    using clone = new FileTree();
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@y", ...args], {
        cwd: clone.root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    git("clone", "--quiet", this.folder, ".");
    cpSync(folder, clone.root, { recursive: true, verbatimSymlinks: true });
    git("add", "--all");
    git("commit", "--quiet", `--message=${message}`);
    git("push", "--quiet", "origin", "HEAD:main");
  }

  /** The commit messages, newest first. Empty for an empty tap. */
  get commits(): string[] {
    if (this.git("for-each-ref", "refs/heads/main") === "") return [];
    return this.git("log", "--format=%s", "main").trim().split("\n");
  }

  get files(): string[] {
    return this.git("ls-tree", "-r", "--name-only", "main").trim().split("\n");
  }

  read(file: string): string {
    return this.git("show", `main:${file}`);
  }
}
