import path from "node:path";
import type { Workspace } from "@release-actions/cargo";
import { type Fact, placeOf, type Relation, type Site } from "../fact.ts";
import type { History } from "../locate/history.ts";
import type { Finding } from "../relation.ts";
import { ciPlaces } from "../rust/ci-places.ts";
import { dockerPlaces } from "../rust/docker-places.ts";
import { filePlaces } from "../rust/file-places.ts";
import { imagePlaces, inspectImages, listElsewhere } from "../rust/image-places.ts";
import {
  differs,
  judgeAgainstFile,
  judgeAgainstMinimum,
  judgeAgainstNewest,
  judgeMinimumJob,
  type Minimum,
  type Verdict,
} from "../rust/judge.ts";
import {
  changedTogether,
  highestOf,
  isUnpublished,
  judgeMinimum,
  MOVED_TOGETHER,
  minimumsOf,
  type Tie,
  UNPUBLISHED,
} from "../rust/minimum.ts";
import { isAside, type RustPlace } from "../rust/place.ts";
import { sameRelease } from "../rust/release.ts";
import { type PinnedToolchain, toolchainFiles, toolchainFor } from "../rust/toolchain-files.ts";
import type { Detected, Sources } from "./detected.ts";
import { DIGEST_ADVICE, type ImageMention } from "./image-sites.ts";

/** Compares every place that names a Rust release with the toolchain file or, without such a file, with each other. */
export async function detectRust(
  sources: Sources,
  workspaces: readonly Workspace[],
  images: readonly ImageMention[],
): Promise<Detected> {
  const { repository, jobs } = sources;
  const files = toolchainFiles(repository);
  const minimums = workspaces.flatMap(minimumsOf);
  const inspected = await inspectImages(images, sources.inspectImage);
  const places = withoutCopies([
    ...ciPlaces(jobs),
    ...dockerPlaces(repository),
    ...imagePlaces(images),
    ...inspected.map(({ place }) => place),
    ...filePlaces(repository),
  ]);
  const advice = images.some(({ image }) => image.digest !== undefined) ? DIGEST_ADVICE : undefined;
  const ties = await judgeMinimums(sources, workspaces, files);
  // A `rust-version` that must equal the toolchain is not a minimum that a separate job could test.
  const tied = new Set(ties.findings.map(({ follower }) => placeOf(follower)));
  const free = minimums.filter(({ site }) => !tied.has(placeOf(site)));
  const judged = places.flatMap((place) => judgePlace(place, files, { all: minimums, free }, advice));
  const known = new Set(judged.map(({ follower }) => follower));
  const unjudged = places.filter(({ site }) => !known.has(site));
  const root = toolchainFor(".", files);
  return {
    facts: factsOf(files, minimums, places),
    relations: unpinnedFiles(files),
    findings: [
      ...judged,
      ...ties.findings,
      ...amongThemselves(unjudged, files, advice),
      ...judgeFiles(files),
      ...judgeFolders(files, workspaces, repository.root),
    ],
    elsewhere: root?.release?.kind === "fixed" ? listElsewhere(images, inspected, root.site.value, root.release) : [],
    notes: ties.notes,
  };
}

/** Removes duplicates: a Dockerfile variable that is part of an image's tag is judged once, where it is defined. */
function withoutCopies(places: readonly RustPlace[]): RustPlace[] {
  const written = new Set(
    places
      .filter(({ fact, site }) => fact === "Dockerfile toolchain" && site.rewrite !== undefined)
      .flatMap(({ starts }) => starts),
  );
  return places.filter(({ fact, starts, site }) => {
    if (fact === "Dockerfile toolchain" && site.rewrite === undefined)
      return !places.some(
        (each) =>
          each.fact === "rust image" &&
          each.starts.some((at) => starts.includes(at)) &&
          each.site.location?.file === site.location?.file,
      );
    return fact !== "rust image" || !starts.some((at) => written.has(at));
  });
}

/** The finding about a place; empty without a verdict. */
function findingOf(
  kind: Relation["kind"],
  leader: string,
  { fact, site }: Pick<RustPlace, "fact" | "site">,
  verdict: Verdict | undefined,
  advice?: string,
): Finding[] {
  if (verdict === undefined) return [];
  const relation: Relation = { name: "rust", kind, leader, followers: [fact], advice };
  return [{ relation, fact, follower: site, ...verdict }];
}

function judgePlace(
  place: RustPlace,
  files: readonly PinnedToolchain[],
  { all, free: minimums }: { readonly all: readonly Minimum[]; readonly free: readonly Minimum[] },
  advice: string | undefined,
): Finding[] {
  const file = toolchainFor(place.folder, files);
  if (file?.release !== undefined) {
    const verdict = judgeAgainstFile(place, { site: file.site, release: file.release }, minimums);
    const leader = verdict === undefined || verdict.leader === file.site ? "toolchain" : "rust-version";
    if (verdict !== undefined || file.release.kind === "fixed")
      return findingOf("equal", leader, place, verdict, advice);
  }
  if (place.role === "msrv") return findingOf("equal", "rust-version", place, judgeMinimumJob(place, minimums));
  const highest = highestOf(all);
  return findingOf("at-least", "rust-version", place, highest && judgeAgainstMinimum(place, highest), advice);
}

async function judgeMinimums(
  { history }: Sources,
  workspaces: readonly Workspace[],
  files: readonly PinnedToolchain[],
): Promise<Pick<Detected, "findings" | "notes">> {
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const workspace of workspaces) {
    for (const minimum of minimumsOf(workspace)) {
      const { site, release } = minimum;
      const file = toolchainFor(path.posix.dirname(site.location?.file ?? ""), files);
      if (file?.release?.kind !== "fixed" || sameRelease(release, file.release)) continue;
      const tie = await tieOf(workspace, site, file.site, history);
      const verdict = judgeMinimum(minimum, { site: file.site, release: file.release }, tie);
      if (verdict === undefined) {
        notes.push(
          `${placeOf(site)}: rust-version ${site.value} is a minimum below the toolchain, ${file.site.value}. It must be equal only if every crate is \`publish = false\`, if pins.yml says so, or if they always changed together.`,
        );
      }
      findings.push(...findingOf("equal", "toolchain", { fact: "rust-version", site }, verdict));
      if (tie !== undefined)
        notes.push(`${placeOf(site)}: rust-version must equal the toolchain, because ${tie.because}.`);
    }
  }
  return { findings, notes: [...new Set(notes)] };
}

async function tieOf(workspace: Workspace, minimum: Site, file: Site, history: History): Promise<Tie | undefined> {
  if (isUnpublished(workspace)) return UNPUBLISHED;
  return (await changedTogether(minimum, file, history)) ? MOVED_TOGETHER : undefined;
}

/** Jobs, such as linters and version comparisons, that choose their Rust independently of the product. */
const OWN_CHOICE = /clippy|lint|fmt|format|semver|doc|bench|fuzz|miri|coverage/i;

/** Compares the places to which no toolchain file applies with the newest of them. */
function amongThemselves(
  places: readonly RustPlace[],
  files: readonly PinnedToolchain[],
  advice: string | undefined,
): Finding[] {
  const free = places.flatMap((place) => {
    const { release, role, folder, label, site, use } = place;
    const file = toolchainFor(folder, files);
    const isRuled = file !== undefined && file.release?.kind !== "floating";
    if (isRuled || release.kind !== "fixed" || role !== "only" || isAside(site.location?.file ?? "")) return [];
    return use === "ships" || !OWN_CHOICE.test(label) ? [{ ...place, release }] : [];
  });
  const newest = highestOf(free);
  if (newest === undefined) return [];
  return free.flatMap((place) => findingOf("equal", "newest", place, judgeAgainstNewest(place, newest), advice));
}

/** Reports two toolchain files in one folder that name different releases. */
function judgeFiles(files: readonly PinnedToolchain[]): Finding[] {
  return files.flatMap((file, index) => {
    const other = files.slice(0, index).find(({ folder }) => folder === file.folder);
    if (other === undefined || !contradict(file, other)) return [];
    return betweenFiles(file, other, "error", ", which is the one that rustup reads: remove one of the files");
  });
}

/**
 * Reports a crate's toolchain file that differs from the one of its workspace: which of the two compiles the crate depends on the folder
 * where cargo is started. A nightly beside a release is not reported, since it is there for features that only a nightly has.
 */
function judgeFolders(
  files: readonly PinnedToolchain[],
  workspaces: readonly Workspace[],
  repositoryRoot: string,
): Finding[] {
  const fileFor = (folder: string): PinnedToolchain | undefined =>
    toolchainFor(path.relative(repositoryRoot, folder).replaceAll("\\", "/") || ".", files);
  return workspaces.flatMap(({ root, crates }): Finding[] => {
    const base = fileFor(root);
    const nested = new Set(crates.map(({ folder }) => fileFor(folder)));
    return [...nested].flatMap((file) => {
      if (base === undefined || file === undefined || !contradict(file, base)) return [];
      if (file.release?.kind !== base.release?.kind) return [];
      return betweenFiles(
        file,
        base,
        "warning",
        ": crates of one workspace are compiled with the one or the other, depending on the folder where cargo is started",
      );
    });
  });
}

function contradict({ release }: PinnedToolchain, other: PinnedToolchain): boolean {
  return release !== undefined && other.release !== undefined && !sameRelease(release, other.release);
}

function betweenFiles(
  file: PinnedToolchain,
  other: PinnedToolchain,
  severity: "error" | "warning",
  what: string,
): Finding[] {
  const message = `${differs(file, other)}${what}`;
  const verdict = { severity, message, leader: other.site };
  return findingOf("equal", "toolchain", { fact: "toolchain", site: file.site }, verdict);
}

/** Requires a pinned release in toolchain files, because a channel such as `stable` means another compiler next month. */
function unpinnedFiles(files: readonly PinnedToolchain[]): Relation[] {
  if (!files.some(({ release }) => release?.kind === "floating")) return [];
  return [{ name: "pinned", kind: "pinned", followers: ["toolchain"], severity: "warning" }];
}

function factsOf(
  files: readonly PinnedToolchain[],
  minimums: readonly Minimum[],
  places: readonly RustPlace[],
): Fact[] {
  const factOf = (name: string, stated: readonly { readonly site: Site }[]): Fact => ({
    name,
    sites: stated.map(({ site }) => site),
  });
  return [
    factOf(
      "toolchain",
      files.filter(({ site }) => !isAside(site.location?.file ?? "")),
    ),
    factOf("rust-version", minimums),
    ...[...Map.groupBy(places, ({ fact }) => fact)].map(([name, group]) => factOf(name, group)),
  ];
}
