import { compareVersions, parseVersion } from "@release-actions/channel";
import { DEFAULT_PATIENCE, retrying, TransientError } from "@release-actions/http";
import { integrityOf, NpmError, type NpmRegistry } from "@release-actions/npm";
import type { NpmCli, NpmFailure, PublishOptions } from "./npm-cli.ts";
import type { PublishRunner } from "./publish-runner.ts";
import { isSame, type PlannedPackage, requireForward } from "./settle.ts";

/** Codes of npm's that may heal: the registry's own trouble, and the network's. */
const TRANSIENT =
  /^(E(408|409|429|5\d\d)|ECONN\w+|E\w*TIMEOUT|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|ENETUNREACH|EHOSTUNREACH|ERR_\w*SOCKET\w*|FETCH_ERROR)$/;

const ADVICE: Readonly<Record<string, string>> = {
  E401: "The registry does not take the token: it was revoked, has expired or belongs to another registry.",
  ENEEDAUTH: "The registry gave nothing for this job's identity: check the trusted publisher of the package.",
  E403: "The token may not publish this package: check its scopes, and who the package's maintainers are.",
  E404: "The scope does not exist or the token may not publish to it; or the trusted publisher does not match.",
  E422: "The registry refuses the provenance: compare the `repository` field with this repository.",
  EOTP: "The account asks for a one-time password: use a granular token that may go without, or trusted publishing.",
};

/** Uploads one package, and reads it back. What an unclear answer means is for the registry to tell (F03). */
export async function uploadPackage(
  built: PlannedPackage,
  options: PublishOptions,
  { runner, npm, registry }: { runner: PublishRunner; npm: NpmCli; registry: NpmRegistry },
): Promise<void> {
  const shown = `${built.name}@${built.version}`;
  const attempt = async (): Promise<void> => {
    runner.info(`publishing ${shown} with the dist-tag ${options.tag}`);
    const failure = await npm.publish(built.tarball, options);
    if (failure === undefined) return;
    if (await isSame(built, await registry.packument(built.name), registry)) return;
    throw meaning(shown, failure);
  };
  const version = parseVersion(built.version);
  requireForward(built, options.tag, version, await registry.packument(built.name));
  await retrying(`publishing ${shown}`, DEFAULT_PATIENCE, runner.signal, attempt, { reporter: runner });
  await readBack(built, options.tag, registry, runner);
  runner.info(`published ${shown} and read it back`);
}

/** Integrity, files and dist-tag, as whoever installs it will get them. A registry may take a while to show them (F117). */
export async function readBack(
  built: PlannedPackage,
  tag: string,
  registry: NpmRegistry,
  runner: PublishRunner,
): Promise<void> {
  const shown = `${built.name}@${built.version}`;
  const look = async (): Promise<void> => {
    const packument = await registry.packument(built.name);
    const there = packument?.versions.get(built.version);
    if (there === undefined) throw new TransientError(`the registry does not show ${shown} yet`);
    if (!(await isSame(built, packument, registry))) throw new NpmError(`the registry lost ${shown}`);
    const pointed = packument?.tags.get(tag);
    if (pointed === undefined || compareVersions(parseVersion(pointed), parseVersion(built.version)) < 0) {
      throw new TransientError(
        `the dist-tag ${tag} of ${built.name} is at ${pointed ?? "nothing"}, not at ${built.version}`,
      );
    }
    const found = integrityOf(await registry.tarball(there));
    if (found === there.integrity) return;
    throw new TransientError(`the registry serves ${shown} as ${found}, and lists ${there.integrity}`);
  };
  await retrying(`reading ${shown} back`, DEFAULT_PATIENCE, runner.signal, look, { reporter: runner });
}

function meaning(shown: string, { code, summary }: NpmFailure): Error {
  const message = `npm cannot publish ${shown}: ${code === "" ? summary : `${summary} (${code})`}`;
  if (TRANSIENT.test(code)) return new TransientError(message);
  const advice = ADVICE[code];
  return new NpmError(message, advice === undefined ? {} : { advice });
}
