import { readFile } from "node:fs/promises";
import { compareVersions, parseVersion } from "@release-actions/channel";
import { DEFAULT_PATIENCE, type Patience, retrying, TransientError } from "@release-actions/http";
import { integrityOf, NpmError, shasumOf } from "@release-actions/npm";
import { isSame, type PlannedPackage } from "./plan-product.ts";
import type { Services } from "./services.ts";

/** Checks integrity, files and dist-tag as an installing client gets them. A registry may need a while to show them. */
export async function readBack(built: PlannedPackage, tag: string, { registry, runner }: Services): Promise<void> {
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
    throw new TransientError(`the registry serves ${shown} with the integrity ${found}, but lists ${there.integrity}`);
  };
  await retrying(`reading ${shown} back`, DEFAULT_PATIENCE, runner.signal, look, { reporter: runner });
}

const STAGE_PATIENCE: Patience = { budgetMs: 30_000, firstPauseMs: 500, longestPauseMs: 5_000 };

/** Checks the digest that the registry lists for a staged version, if it shows stages to this job's credential. */
export async function readBackStage(built: PlannedPackage, id: string | undefined, services: Services): Promise<void> {
  const { registry, runner, credentials } = services;
  // A trusted publisher cannot see stages: the registry's answer to the upload is the only evidence.
  if (credentials.kind !== "token" || id === undefined) return;
  const shown = `${built.name}@${built.version}`;
  const look = async (): Promise<void> => {
    const listed = await registry.staged(built.name);
    if (listed === undefined) return;
    const found = listed.find((each) => each.id === id);
    if (found === undefined) {
      // Somebody, or a program, may have approved it within seconds.
      if ((await registry.packument(built.name))?.versions.has(built.version)) return;
      throw new TransientError(`the registry does not list the stage ${id} of ${shown} yet`);
    }
    const own = shasumOf(await readFile(built.tarball));
    if (found.shasum === undefined || found.shasum === own) return;
    throw new NpmError(`the stage ${id} of ${shown} has the SHA-1 ${found.shasum}, expected ${own}`);
  };
  await retrying(`reading the stage of ${shown} back`, STAGE_PATIENCE, runner.signal, look, { reporter: runner });
}
