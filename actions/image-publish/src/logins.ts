import type { ImageReference } from "@release-actions/image-reference";
import type { Credentials } from "@release-actions/registry-client";
import { countOf, Fault } from "@release-actions/report";

/** Other names of Docker Hub's registry. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/**
 * Reads lines of `registry user password`. A password that is a JSON document, as Google's `_json_key` needs, may have
 * spaces and continue on the following lines. Messages never quote a user or password.
 */
export function parseLogins(text: string): ReadonlyMap<string, Credentials> {
  const logins = new Map<string, Credentials>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]?.trim() ?? "";
    if (line === "") continue;
    const start = index;
    const [, name = "", username = "", rest = ""] = /^(\S+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    let password = rest;
    while (password.startsWith("{") && !isJson(password) && index + 1 < lines.length) {
      index += 1;
      password += `\n${lines[index]}`;
    }
    const isWhole = password.startsWith("{") ? isJson(password) : /^\S+$/.test(password);
    if (!isWhole) {
      const words = line.split(/\s+/).length;
      throw new Fault(
        `line ${start + 1} of the input \`logins\` has ${countOf(words, "word")}, expected registry, user and password`,
        {
          advice:
            "A secret that does not exist is passed as an empty string: check its name, and that this repository or environment has it.",
        },
      );
    }
    const registry = registryOf(name);
    if (logins.has(registry)) throw new Fault(`the input \`logins\` has ${registry} twice`);
    logins.set(registry, { username, password });
  }
  return logins;
}

/** `https://index.docker.io/v1/` is how Docker's own configuration names its Hub. */
function registryOf(name: string): string {
  const host = name.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return DOCKER_HUB.has(host) ? "docker.io" : host;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // The JSON is still incomplete, or it is not JSON.
  }
}

/** @throws Fault unless there is a login for every registry to publish to. */
export function requireLogins(logins: ReadonlyMap<string, Credentials>, places: readonly ImageReference[]): void {
  const missing = [...new Set(places.map(({ registry }) => registry))].filter((registry) => !logins.has(registry));
  if (missing.length === 0) return;
  throw new Fault(`the input \`logins\` has no line for ${missing.join(", ")}`);
}
