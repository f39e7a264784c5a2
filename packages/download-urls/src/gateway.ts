import { Fault } from "@release-actions/report";

/** A repository on GitHub, whose names are compared without case. */
export interface Repository {
  /** `https://github.com`, or the address of a GitHub Enterprise server, without a trailing slash. */
  readonly server: string;
  readonly owner: string;
  readonly name: string;
}

/** A file of a release, as written in its URL: percent-encoding and placeholders of scripts are kept. */
export interface ReleaseFile {
  readonly tag: string;
  readonly file: string;
}

/** An address that counts a download and redirects to GitHub, such as a Scarf gateway. */
export interface Gateway {
  /** The URL template, in which `{owner}` and `{repo}` are replaced but not `{tag}` and `{file}`. */
  readonly template: string;
  readonly repository: Repository;
}

export class GatewayError extends Fault {
  override readonly name = "GatewayError";
}

/**
 * Reads `owner/name`.
 *
 * @param serverUrl the value of `GITHUB_SERVER_URL`
 * @throws GatewayError unless the text is `owner/name`.
 */
export function parseRepository(text: string, serverUrl = "https://github.com"): Repository {
  const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([\w.-]+)$/.exec(text) ?? [];
  if (owner === undefined || name === undefined || /^\.{1,2}$/.test(name)) {
    throw new GatewayError(`${JSON.stringify(text)} is not a repository, expected owner/name`);
  }
  return { server: serverUrl.replace(/\/+$/, ""), owner, name };
}

/**
 * Reads the address of a gateway: a template with `{tag}` and `{file}` and optionally `{owner}` and `{repo}`, or a
 * plain URL, which means `<url>/{tag}/{file}`.
 *
 * @throws GatewayError
 */
export function parseGateway(text: string, repository: Repository): Gateway {
  const full = text.includes("{") ? text : `${text.replace(/\/+$/, "")}/{tag}/{file}`;
  const template = full.replaceAll("{owner}", repository.owner).replaceAll("{repo}", repository.name);
  const refuse = (why: string): void => {
    throw new GatewayError(`the gateway ${JSON.stringify(text)} ${why}`, {
      advice: "Write a URL such as https://acme.gateway.scarf.sh/widget, or one with {tag} and {file} in it.",
    });
  };
  const parts = template.split(/(\{[^}]*\})/);
  if (parts.filter((part) => part === "{tag}").length !== 1 || parts.filter((part) => part === "{file}").length !== 1) {
    refuse("must name {tag} and {file} once each");
  }
  const unknown = parts.find((part) => part.startsWith("{") && part !== "{tag}" && part !== "{file}");
  if (unknown !== undefined) refuse(`has the placeholder ${unknown}, expected {tag}, {file}, {owner} or {repo}`);
  // Only a slash between the two makes it possible to read them from a URL again.
  const [first = 0, second = 0] = [template.indexOf("{tag}"), template.indexOf("{file}")].sort((a, b) => a - b);
  if (!template.slice(first, second).includes("/")) refuse("must keep {tag} and {file} apart with a slash");
  refuseAddress(template, new URL(repository.server).host, refuse);
  return { template, repository };
}

export function gatewayUrl(gateway: Gateway, { tag, file }: ReleaseFile): string {
  return gateway.template.replace("{tag}", () => tag).replace("{file}", () => file);
}

export function githubUrl({ server, owner, name }: Repository, { tag, file }: ReleaseFile): string {
  return `${server}/${owner}/${name}/releases/download/${tag}/${file}`;
}

function refuseAddress(template: string, github: string, refuse: (why: string) => void): void {
  const example = template.replace("{tag}", "v1.0.0").replace("{file}", "file.tar.gz");
  if (!URL.canParse(example) || /[\s"'<>\\]/.test(example)) refuse("is not a URL");
  const { protocol, host, hostname, search, hash, username } = new URL(example);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback)) refuse("must begin with https://");
  if (username !== "" || search !== "" || hash !== "")
    refuse("must be a plain address, without user, query or fragment");
  // Otherwise a rewritten URL would be rewritten again.
  if (host.replace(/^www\./, "") === github) refuse("is GitHub itself");
}
