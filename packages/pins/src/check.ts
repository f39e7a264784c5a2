import type { Problem } from "@release-actions/report";
import { type PinsConfig, parseConfig } from "./config.ts";
import { detect } from "./detect/detect.ts";
import { NOTHING } from "./detect/detected.ts";
import { type Fact, narrowSite, PinsError, placeOf, type Relation } from "./fact.ts";
import { parseImage } from "./image.ts";
import { type DigestLookup, digestsAmong, keepDigest } from "./keep-digest.ts";
import { tagSites } from "./locate/git-tag.ts";
import type { History } from "./locate/history.ts";
import { filesFor, locateIn } from "./locate/locator.ts";
import type { Repository } from "./locate/repository.ts";
import { evaluate, type Finding } from "./relation.ts";

/** Looks up the Rust release inside an image; undefined when it is unknown. */
export type ImageInspector = (image: string) => Promise<string | undefined>;

/** The repository to check, and the services that the check uses. */
export interface CheckOptions {
  readonly repository: Repository;
  /** The path of `pins.yml`, relative to the repository; undefined to rely on detection alone. */
  readonly config: string | undefined;
  /** The git tag that is being released. */
  readonly tag: string | undefined;
  /** Names of the facts or relations to check; empty for all. */
  readonly only: readonly string[];
  readonly inspectImage: ImageInspector;
  readonly imageDigest: DigestLookup;
  /** The history of the clone, which may be shallow. */
  readonly history: History;
  /** Today's date as `YYYY-MM-DD`, to recognise expired exceptions. */
  readonly today: string;
}

/** The facts of a repository and the places that disagree. */
export interface CheckResult {
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
  /** Images that are built in other repositories and must be updated there by hand. */
  readonly elsewhere: readonly string[];
  /** Remarks for the reader: which rule was chosen and why, and what could not be checked. */
  readonly notes: readonly string[];
  /** Files that could not be read and were skipped. This is an error if cargo itself needs the file, otherwise a warning. */
  readonly unread: readonly Problem[];
}

/** Collects the facts of a repository and compares them. */
export async function checkPins(options: CheckOptions): Promise<CheckResult> {
  const config = options.config === undefined ? undefined : parseConfig(options.repository.yaml(options.config));
  const table = config?.images ?? new Map();
  const detected =
    config === undefined || config.detect
      ? await detect({
          ...options,
          inspectImage: async (image) => tabled(table, image) ?? (await options.inspectImage(image)),
        })
      : NOTHING;
  const facts = new Map<string, Fact>();
  for (const fact of [...detected.facts, ...configuredFacts(config, options)]) facts.set(fact.name, fact);
  const relations = [...detected.relations, ...(config?.relations ?? [])];
  const wanted = chooseRelations(relations, facts, options.only, detected.findings);
  const judged = detected.findings.filter(({ relation, fact }) => isAskedFor(relation, [fact], options.only));
  const findings = [...judged, ...wanted.flatMap((relation) => evaluate(relation, facts))];
  const used = new Set(
    [...wanted, ...judged.map(({ relation }) => relation)].flatMap(({ leader, followers }) => [leader, ...followers]),
  );
  return {
    facts: [...facts.values()].filter(
      (fact) => options.only.length === 0 || used.has(fact.name) || options.only.includes(fact.name),
    ),
    findings: withExceptions(findings, config, options.today),
    elsewhere: detected.elsewhere,
    notes: detected.notes,
    unread: unreadFiles(options.repository),
  };
}

function unreadFiles({ unread }: Repository): Problem[] {
  return [...unread].map(([file, { fault, isEssential }]): Problem => {
    const level = isEssential ? "error" : "warning";
    const message = `${fault.message}: the file was skipped`;
    return { level, title: "not read", message, location: fault.location ?? { file } };
  });
}

function isAskedFor({ name, leader, followers }: Relation, facts: readonly string[], only: readonly string[]): boolean {
  return (
    only.length === 0 ||
    [name, leader, ...followers, ...facts].some((each) => each !== undefined && only.includes(each))
  );
}

function configuredFacts(config: PinsConfig | undefined, { repository, tag, imageDigest }: CheckOptions): Fact[] {
  const located = (config?.facts ?? []).map((spec) => {
    const { file, locator, location } = spec;
    const sites =
      locator.kind === "git-tag"
        ? tagSites(tag, locator.strip)
        : filesFor(repository, file, location).flatMap((each) => locateIn(repository, each, locator));
    return { spec, sites };
  });
  const images = located.flatMap(({ sites }) => sites.flatMap(({ value }) => parseImage(value) ?? []));
  const lookUp = digestsAmong(images, imageDigest);
  return located.map(({ spec: { name, match, location }, sites: plain }): Fact => {
    const sites = plain.map((site) => keepDigest(site, lookUp));
    if (match === undefined) return { name, sites };
    const narrowed = sites.map((site) => {
      const part = narrowSite(site, match);
      if (part !== undefined) return part;
      throw new PinsError(`${placeOf(site)}: fact ${name} is "${site.value}", which /${match.source}/ does not match`, {
        location: site.location ?? location,
      });
    });
    return { name, sites: narrowed };
  });
}

/** Names that detection can produce. `only` accepts them even if nothing of the kind was found. */
const DETECTED = ["rust", "version", "lock", "images", "flags", "env", "pinned", "actions"];

function chooseRelations(
  relations: readonly Relation[],
  facts: ReadonlyMap<string, Fact>,
  only: readonly string[],
  judged: readonly Finding[],
): readonly Relation[] {
  const names = [...relations, ...judged.map(({ relation }) => relation)].map(({ name }) => name);
  const known = new Set([...facts.keys(), ...names, ...DETECTED]);
  const unknown = only.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new PinsError(`\`only\` names ${unknown.join(", ")}, which is neither a fact nor a relation here`, {
      advice: `Known are: ${[...known].sort().join(", ")}.`,
    });
  }
  return relations.filter((relation) => isAskedFor(relation, [], only));
}

/** An exception turns a finding into a notice; an expired exception leaves the finding and is named in its message. */
function withExceptions(findings: readonly Finding[], config: PinsConfig | undefined, today: string): Finding[] {
  return findings.map((finding) => {
    const exception = config?.exceptions.find(
      (each) => each.fact === finding.fact || each.fact === finding.relation.leader,
    );
    if (exception === undefined) return finding;
    if (exception.until !== undefined && exception.until < today) {
      const { file, line } = exception.location;
      return {
        ...finding,
        message: `${finding.message} (the exception at ${file}:${line} expired on ${exception.until})`,
      };
    }
    return {
      ...finding,
      severity: "notice",
      repair: undefined,
      message: `${finding.message} (allowed: ${exception.reason})`,
    };
  });
}

function tabled(images: PinsConfig["images"], image: string): string | undefined {
  for (const [repository, tags] of images) {
    if (!image.startsWith(`${repository}:`)) continue;
    const tag = image.slice(repository.length + 1).replace(/@.*$/, "");
    return tags.get(tag);
  }
  return undefined;
}
