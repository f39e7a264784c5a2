import { readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { type ForwardProxy, startForwardProxy } from "../../stand-in/proxy/forward-proxy.ts";

/** Redirects each host that our pages name to a server on this machine, with certificates that a job trusts. */
export class Internet implements AsyncDisposable {
  readonly proxy: ForwardProxy;
  readonly #folder: FileTree;

  private constructor(proxy: ForwardProxy, folder: FileTree) {
    this.proxy = proxy;
    this.#folder = folder;
  }

  /** @param origins the real origin of each host. */
  static async open(origins: Readonly<Record<string, string>>): Promise<Internet> {
    const folder = new FileTree();
    const hosts = [...new Set(Object.keys(origins).map((place) => place.replace(/\/.*/, "")))];
    const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`;
    const files = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"];
    const request = ["req", "-x509", ...files, "-subj", "/CN=the internet of a test", "-addext", names];
    await runCommand("openssl", request, { cwd: folder.root });
    const read = (name: string): string => readFileSync(folder.path(name), "utf8");
    const tls = { key: read("key.pem"), cert: read("cert.pem") };
    return new Internet(await startForwardProxy(origins, { tls }), folder);
  }

  /** Variables with which all kinds of programs reach only these hosts, and servers on this machine directly. */
  get env(): Readonly<Record<string, string>> {
    const certificate = path.join(this.#folder.root, "cert.pem");
    const proxies = { HTTP_PROXY: this.proxy.origin, HTTPS_PROXY: this.proxy.origin, NO_PROXY: "127.0.0.1,localhost" };
    const lower = Object.entries(proxies).map(([name, value]) => [name.toLowerCase(), value]);
    const trust = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"];
    return {
      ...proxies,
      ...Object.fromEntries(lower),
      ...Object.fromEntries(trust.map((name) => [name, certificate])),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy.close();
    this.#folder[Symbol.dispose]();
  }
}
