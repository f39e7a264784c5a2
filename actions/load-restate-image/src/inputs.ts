import { InputError, type InputValues } from "@release-actions/action-kit";
import { formatReference, parseReference, parseTaggedReference } from "@release-actions/image-reference";
import { type Platform, parsePlatform } from "@release-actions/platform";

import type { contract } from "./action.gen.ts";

/** Places an image can come from, in the order they are tried. */
export type Place =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "run"; readonly runId: number | undefined }
  | { readonly kind: "commit"; readonly commit: string; readonly workflow: string }
  | { readonly kind: "registry"; readonly reference: string };

export interface Inputs {
  /** At least one. */
  readonly places: readonly Place[];
  readonly artifactName: string;
  readonly tags: readonly string[];
  readonly repository: string;
  readonly token: string;
  readonly waitTimeoutMs: number;
  readonly waitForCheck: string | undefined;
  /** Undefined means the engine's own platform. */
  readonly platform: Platform | undefined;
  /** The name or digest of the image, in an archive with several. */
  readonly image: string | undefined;
  readonly expectedDigest: string | undefined;
  readonly via: "auto" | "registry" | "load";
  readonly requireSnapshotter: boolean;
  /** Undefined when no attestation is asked for. */
  readonly attestation: { readonly signer: string; readonly trustedRoot: string | undefined } | undefined;
  readonly allowForks: boolean;
}

type Given = InputValues<typeof contract>;

/**
 * Reads the inputs. `sha` is the commit of the job: the tag to pull from a registry when no input gives one.
 *
 * @throws InputError naming the input and the values that it accepts
 */
export function readInputs(given: Given, sha: string): Inputs {
  return {
    places: placesToTry(given, sha),
    artifactName: given["artifact-name"],
    tags: given.tag.map((tag) => named("tag", tag, (text) => formatReference(parseTaggedReference(text)))),
    repository: named("repository", given.repository ?? "", repositoryName),
    token: given["github-token"] ?? "",
    waitTimeoutMs: given["wait-timeout"] * 1000,
    waitForCheck: given["wait-for-check"],
    platform: given.platform === undefined ? undefined : named("platform", given.platform, platformOf),
    image: given.image,
    expectedDigest: given["expected-digest"],
    via: given.via,
    requireSnapshotter: given.snapshotter === "require",
    attestation:
      given.verify === "none"
        ? undefined
        : {
            signer: named("signer", given.signer ?? given.repository ?? "", signerName),
            trustedRoot: given["trusted-root"],
          },
    allowForks: given["allow-forks"],
  };
}

function placesToTry(given: Given, sha: string): readonly Place[] {
  const runId = given["run-id"] === undefined ? undefined : named("run-id", given["run-id"], runIdOf);
  const places: Record<Place["kind"], Place[]> = {
    file: given.file === undefined ? [] : [{ kind: "file", file: given.file }],
    run: [{ kind: "run", runId }],
    commit: given.commit === undefined ? [] : [{ kind: "commit", commit: given.commit, workflow: given.workflow }],
    registry:
      given["registry-image"] === undefined ? [] : [{ kind: "registry", reference: registryReference(given, sha) }],
  };
  if (given.source === "auto") {
    return places.file.length > 0 ? places.file : [...places.run, ...places.commit, ...places.registry];
  }
  if (places[given.source].length > 0) return places[given.source];
  const needed = given.source === "registry" ? "registry-image" : given.source;
  throw new InputError(`input \`source\` is ${given.source}, which needs the input \`${needed}\``);
}

function registryReference(given: Given, sha: string): string {
  const image = given["registry-image"] ?? "";
  const { tag, digest } = named("registry-image", image, parseReference);
  if (tag !== undefined || digest !== undefined) {
    throw new InputError(`input \`registry-image\` is ${JSON.stringify(image)}: give its tag in \`registry-tag\``);
  }
  const wanted = given["registry-tag"] ?? given.commit ?? sha;
  return named("registry-tag", `${image}:${wanted}`, (text) => formatReference(parseTaggedReference(text)));
}

function repositoryName(text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  throw new InputError("expected owner/name");
}

function signerName(text: string): string {
  if (/^[\w.-]+\/[\w.-]+(\/[\w./-]+\.ya?ml(@refs\/.+)?)?$/.test(text)) return text;
  throw new InputError("expected owner/name, or owner/name/.github/workflows/name.yml");
}

function runIdOf(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InputError("expected the number of a workflow run");
}

function platformOf(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform === undefined) throw new InputError("expected os/architecture, such as linux/arm64");
  return platform;
}

/** Parses a value, and adds the input's name to the parser's error. */
function named<T>(input: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new InputError(`input \`${input}\` is ${JSON.stringify(text)}: ${said}`, { cause: error });
  }
}
