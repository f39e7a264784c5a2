import { type Dockerfile, imagesOf, runScriptsOf, type Stage, type StageVariable } from "@release-actions/dockerfile";
import { commandsOf } from "@release-actions/shell";
import { DOCKERFILES } from "../detect/files.ts";
import { plainSite, type Site } from "../fact.ts";
import { parseImage } from "../image.ts";
import { wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { plainScript } from "../locate/script.ts";
import { RUST_VARIABLE } from "./ci-places.ts";
import { useOfDockerfile } from "./dockerfile-use.ts";
import type { RustPlace } from "./place.ts";
import { parseRelease } from "./release.ts";
import { toolchainsIn } from "./rustup-commands.ts";

/** Every place in Dockerfiles that names a toolchain, in variables or commands. */
export function dockerPlaces(repository: Repository): RustPlace[] {
  return repository.readable(DOCKERFILES, (file) => placesIn(repository.dockerfile(file))).flat();
}

function placesIn(dockerfile: Dockerfile): RustPlace[] {
  const { file } = dockerfile;
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
  const make = (
    site: Site,
    yieldsToFile: boolean,
    role: RustPlace["role"] = "only",
    starts: readonly number[] = [],
  ): RustPlace[] => {
    const release = parseRelease(site.value);
    if (release === undefined) return [];
    const use = useOfDockerfile(dockerfile);
    return [{ site, release, fact: "Dockerfile toolchain", use, yieldsToFile, role, label: "", folder, starts }];
  };
  const named = variables(dockerfile).flatMap(([name, variable]) =>
    variable.word.unset === undefined
      ? make(variableSite(dockerfile, variable), name !== "RUSTUP_TOOLCHAIN", "only", startsOf(variable))
      : [],
  );
  const commands = dockerfile.stages.flatMap((stage) => commandPlaces(dockerfile, stage, make));
  const unique = new Map<string, RustPlace>();
  for (const place of [...named, ...commands]) {
    const { line = 0, column = 0 } = place.site.location ?? {};
    const key = `${line}:${column}`;
    if (!unique.has(key)) unique.set(key, place);
  }
  return [...unique.values()];
}

function commandPlaces(
  dockerfile: Dockerfile,
  stage: Stage,
  make: (site: Site, yieldsToFile: boolean, role?: RustPlace["role"], starts?: readonly number[]) => RustPlace[],
): RustPlace[] {
  return runScriptsOf(dockerfile, stage).flatMap(({ text, start }) => {
    const script = plainScript(text, dockerfile.locate, start);
    return commandsOf(text).flatMap(({ words }) =>
      toolchainsIn(words).flatMap(({ word, skip, yieldsToFile, installs }) => {
        const role = installs ? "one of several" : "only";
        const value = word.value?.slice(skip);
        if (value !== undefined)
          return make(
            script.site(value, (word.valueStart ?? word.start) + skip, word.valueStart !== undefined),
            yieldsToFile,
            role,
          );
        const name = /^\$(?:(\w+)|\{(\w+)\})$/
          .exec(word.text.replace(/^"|"$/g, "").slice(skip))
          ?.slice(1)
          .find(Boolean);
        const variable = name === undefined ? undefined : (stage.env.get(name) ?? stage.args.get(name));
        return variable?.word.unset === undefined && variable !== undefined
          ? make(variableSite(dockerfile, variable), yieldsToFile, role, startsOf(variable))
          : [];
      }),
    );
  });
}

/** ARG and ENV variables that name a toolchain. The caller removes the duplicates that inherited stages cause. */
function variables({ args, stages }: Dockerfile): [string, StageVariable][] {
  const scopes = [args, ...stages.flatMap((stage) => [stage.args, stage.env])];
  return scopes.flatMap((scope) => [...scope].filter(([name]) => RUST_VARIABLE.test(name)));
}

function variableSite(dockerfile: Dockerfile, { word, location }: StageVariable): Site {
  const digested = partsOfDigestedImages(dockerfile);
  const isPart = word.parts.some(({ start }) => start !== undefined && digested.has(start));
  // A part of an image with a digest has no rewrite of its own: it may change only together with the digest.
  return isPart ? plainSite({ value: word.value, location }) : wordSite(word, location);
}

function startsOf({ word }: StageVariable): number[] {
  return word.parts.flatMap(({ start }) => start ?? []);
}

/** The offsets of the parts of images with a digest. Such an image is rewritten as a whole. */
export function partsOfDigestedImages(dockerfile: Dockerfile): ReadonlySet<number | undefined> {
  const images = imagesOf(dockerfile).filter(({ word }) => parseImage(word.value)?.digest);
  return new Set(images.flatMap(({ word }) => word.parts.map(({ start }) => start)));
}
