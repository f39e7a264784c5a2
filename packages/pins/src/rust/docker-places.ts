import { type Dockerfile, imagesOf, type Stage, type StageVariable } from "@release-actions/dockerfile";
import { DOCKERFILES } from "../detect/files.ts";
import { plainSite, type Site } from "../fact.ts";
import { parseImage } from "../image.ts";
import { startsOf, wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { stageScripts } from "../locate/script.ts";
import { RUST_VARIABLE } from "./ci-places.ts";
import { useOfDockerfile } from "./dockerfile-use.ts";
import { type RustPlace, rustPlace } from "./place.ts";
import { scriptToolchains } from "./rustup-commands.ts";

/** Every place in Dockerfiles that names a toolchain, in variables or commands. */
export function dockerPlaces(repository: Repository): RustPlace[] {
  return repository.readable(DOCKERFILES, (file) => placesIn(repository.dockerfile(file)));
}

function placesIn(dockerfile: Dockerfile): RustPlace[] {
  const kind = { fact: "Dockerfile toolchain", use: useOfDockerfile(dockerfile) } as const;
  const named = variables(dockerfile).flatMap(([name, variable]) =>
    variablePlace(dockerfile, variable, { ...kind, yieldsToFile: name !== "RUSTUP_TOOLCHAIN" }),
  );
  const commands = dockerfile.stages.flatMap((stage) => commandPlaces(dockerfile, stage, kind));
  const unique = new Map<string, RustPlace>();
  for (const place of [...named, ...commands]) {
    const { line = 0, column = 0 } = place.site.location ?? {};
    const key = `${line}:${column}`;
    if (!unique.has(key)) unique.set(key, place);
  }
  return [...unique.values()];
}

function commandPlaces(dockerfile: Dockerfile, stage: Stage, common: Pick<RustPlace, "fact" | "use">): RustPlace[] {
  const named = stageScripts(dockerfile, stage).flatMap(scriptToolchains);
  return named.flatMap(({ site, variable, yieldsToFile, role }) => {
    const kind = { ...common, yieldsToFile, role };
    if (site !== undefined) return rustPlace(site, kind);
    const found = variable === undefined ? undefined : (stage.env.get(variable) ?? stage.args.get(variable));
    return found === undefined ? [] : variablePlace(dockerfile, found, kind);
  });
}

/** ARG and ENV variables that name a toolchain. The caller removes the duplicates that inherited stages cause. */
function variables({ args, stages }: Dockerfile): [string, StageVariable][] {
  const scopes = [args, ...stages.flatMap((stage) => [stage.args, stage.env])];
  return scopes.flatMap((scope) => [...scope].filter(([name]) => RUST_VARIABLE.test(name)));
}

function variablePlace(
  dockerfile: Dockerfile,
  variable: StageVariable,
  kind: Pick<RustPlace, "fact" | "use" | "yieldsToFile">,
): RustPlace[] {
  const { word } = variable;
  if (word.unset !== undefined) return [];
  return rustPlace(variableSite(dockerfile, variable), { ...kind, starts: startsOf(word) });
}

function variableSite(dockerfile: Dockerfile, variable: StageVariable): Site {
  const { word, location } = variable;
  const digested = partsOfDigestedImages(dockerfile);
  const isPart = startsOf(word).some((start) => digested.has(start));
  // A part of an image with a digest has no rewrite of its own: it may change only together with the digest.
  return isPart ? plainSite({ value: word.value, location }) : wordSite(variable);
}

/** The offsets of the parts of images with a digest. Such an image is rewritten as a whole. */
function partsOfDigestedImages(dockerfile: Dockerfile): ReadonlySet<number> {
  const images = imagesOf(dockerfile).filter(({ word }) => parseImage(word.value)?.digest);
  return new Set(images.flatMap(({ word }) => startsOf(word)));
}
