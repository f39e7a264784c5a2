import { explainRefusal, movesTagsByIdentity, NpmError } from "@release-actions/npm";
import type { Services } from "./services.ts";

/**
 * Points a dist-tag at a public version that does not have it. A trusted publisher needs a recent npm for this. If the
 * registry refuses, a trusted publisher gets only a warning, because the packages are published.
 */
export async function moveTag(
  { name, version }: { readonly name: string; readonly version: string },
  tag: string,
  { runner, npm, registry, credentials: { kind } }: Services,
): Promise<void> {
  const current = (await registry.packument(name))?.tags.get(tag);
  if (current === version) return;
  const spec = `${name}@${version}`;
  const found = `the dist-tag ${tag} of ${name} is at ${current ?? "nothing"}, expected ${version}`;
  const command = `npm dist-tag add ${spec} ${tag}`;
  if (kind === "none" || (kind === "identity" && !movesTagsByIdentity(npm.version))) {
    const by =
      kind === "none"
        ? "this job has no credential that could move it"
        : `npm ${npm.version} can move it only with a token`;
    runner.problem({ level: "warning", message: `${found}; ${by}. A maintainer runs \`${command}\`` });
    return;
  }
  const failure = await npm.setTag(spec, tag, kind === "identity");
  if (failure === undefined) {
    runner.info(`moved the dist-tag ${tag} from ${current ?? "nothing"} to ${spec}`);
    return;
  }
  const request = { name, version, action: "dist-tag", credential: kind, exists: true } as const;
  const { cause, advice } = explainRefusal(failure, request);
  const message = `${found}; npm cannot move it: ${cause ?? failure.summary}`;
  if (kind === "token")
    throw new NpmError(message, { advice: `${advice ?? ""} A maintainer can run \`${command}\`.`.trim() });
  runner.problem({ level: "warning", message: `${message}. A maintainer runs \`${command}\`` });
}
