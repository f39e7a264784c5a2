import { checkPublishing, checkRepository, NpmError, type PublishingFinding } from "@release-actions/npm";
import type { RunFacts } from "@release-actions/release-run";
import type { PlannedPackage } from "./plan-product.ts";
import type { Services } from "./services.ts";

/** Finds refusals before the first upload, because a release with a missing package is broken. */
export async function checkAccess(
  packages: readonly PlannedPackage[],
  { serverUrl, repository }: RunFacts,
  services: Services,
): Promise<void> {
  const { runner, registry, transport } = services;
  const { kind, provenance } = services.credentials;
  if (kind === "token") {
    const user = await registry.whoami();
    runner.info(`according to ${registry.url.host}, the token belongs to ${user}`);
    const existing = packages.filter(({ exists }) => exists);
    await Promise.all(existing.map(({ name }) => checkRights(name, user, services)));
  }
  if (provenance || kind === "identity") {
    // The registry compares the field with the job's repository only after everything is signed.
    for (const { name, manifest } of packages)
      refuse(checkRepository(name, manifest["repository"], `${serverUrl}/${repository}`));
  }
  if (kind !== "identity") return;
  const { inputs, env, signal, mask } = runner;
  const { publish, token } = inputs;
  const names = packages.map(({ name }) => name);
  const credential = { publish, token, env, mask };
  const findings = await checkPublishing({
    packages: names,
    ...credential,
    registry,
    transport,
    signal,
    reporter: runner,
  });
  refuse(findings.find(({ level }) => level === "error"));
}

function refuse(finding: PublishingFinding | undefined): void {
  if (finding !== undefined) throw new NpmError(finding.message, { advice: finding.advice });
}

async function checkRights(name: string, user: string, { runner, registry }: Services): Promise<void> {
  const rights = await registry.collaborators(name);
  const right = rights?.get(user);
  if (rights === undefined || rights.size === 0 || right === "read-write" || right === "write") return;
  if (right !== undefined) {
    throw new NpmError(`${user} may not publish ${name}, only ${right}`, {
      advice: "Ask an owner of the package to give the user write access: `npm access grant read-write`.",
    });
  }
  const message = `${registry.url.host} does not list ${user} as a maintainer of ${name}`;
  runner.problem({ level: "warning", message });
}
