import { unknownImagesOf } from "@release-actions/dockerfile";
import { readJobs } from "../ci/read-jobs.ts";
import { detectBuildEnvironment } from "./build-environment.ts";
import type { Detected, DetectOptions } from "./detected.ts";
import { DOCKERFILES } from "./files.ts";
import { detectFlags } from "./flags.ts";
import { imageMentions } from "./image-sites.ts";
import { detectImages } from "./images.ts";
import { detectLockedActions } from "./locked-actions.ts";
import { detectRust } from "./rust.ts";
import { detectVersions } from "./versions.ts";
import { findWorkspaces } from "./workspaces.ts";

/** Finds the facts that a Rust product's repository usually states several times, and the relations between them. */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { repository } = options;
  const sources = { ...options, jobs: readJobs(repository) };
  const workspaces = findWorkspaces(repository);
  const images = imageMentions(repository, sources.jobs, options.imageDigest);
  const rust = await detectRust(sources, workspaces, images);
  const parts = [
    rust,
    await detectVersions(sources, workspaces),
    await detectImages(sources, images, rust),
    detectFlags(sources),
    detectBuildEnvironment(repository),
    detectLockedActions(repository, sources.jobs),
  ];
  const notes =
    workspaces.length === 0 ? ["There is no Cargo workspace here: versions and lock files are not compared."] : [];
  return {
    facts: parts.flatMap((part) => part.facts).filter((fact) => fact.sites.length > 0),
    relations: parts.flatMap((part) => part.relations),
    findings: parts.flatMap((part) => part.findings),
    elsewhere: parts.flatMap((part) => part.elsewhere),
    notes: [...notes, ...parts.flatMap((part) => part.notes), ...unknownImages(options)],
  };
}

function unknownImages({ repository }: DetectOptions): string[] {
  return repository.readable(DOCKERFILES, (file) =>
    unknownImagesOf(repository.dockerfile(file)).map(
      ({ word, location }) =>
        `${file}:${location.line}: the image depends on ${word.unset}, which only the caller of the build knows.`,
    ),
  );
}
