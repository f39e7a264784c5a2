import type { Problem } from "@release-actions/report";
import { type PinsConfig, parseConfig } from "./config.ts";
import { detect } from "./detect/detect.ts";
import { type Detected, type DetectOptions, NOTHING } from "./detect/detected.ts";
import { type Fact, narrowSite, PinsError, placeOf, plainSite, type Relation, type Site } from "./fact.ts";
import { parseImage } from "./image.ts";
import { digestsAmong, keepDigest } from "./keep-digest.ts";
import { filesFor, locateIn } from "./locate/locator.ts";
import type { Repository } from "./locate/repository.ts";
import { evaluate, type Finding } from "./relation.ts";

/** The repository to check, and the services that the check uses. */
export interface CheckOptions extends DetectOptions {
  /** The path of `pins.yml`, relative to the repository; undefined to rely on detection alone. */
  readonly config: string | undefined;
  /** Names of the facts or relations to check; empty for all. */
  readonly only: readonly string[];
  /** Today's date as `YYYY-MM-DD`, to recognise expired exceptions. */
  readonly today: string;
}

/** The facts of a repository and the places that disagree. */
export interface CheckResult extends Omit<Detected, "relations"> {
  /** Files that could not be read and were skipped. This is an error if cargo itself needs the file, otherwise a warning. */
  readonly unread: readonly Problem[];
}

/** What holds without a `pins.yml`. */
const DETECTION_ALONE: PinsConfig = { detect: true, facts: [], relations: [], exceptions: [], images: new Map() };

/** Collects the facts of a repository and compares them. */
export async function checkPins(options: CheckOptions): Promise<CheckResult> {
  const { repository, only } = options;
  const config = options.config === undefined ? DETECTION_ALONE : parseConfig(repository.yaml(options.config));
  const inspectImage = async (image: string) => tabled(config.images, image) ?? (await options.inspectImage(image));
  const detected = config.detect ? await detect({ ...options, inspectImage }) : NOTHING;
  const facts = new Map(
    [...detected.facts, ...configuredFacts(config, options)].map((fact): [string, Fact] => [fact.name, fact]),
  );
  const relations = [...detected.relations, ...config.relations];
  const wanted = chooseRelations(relations, facts, only, detected.findings);
  const judged = detected.findings.filter(({ relation, fact }) => isAskedFor(relation, [fact], only));
  const findings = [...judged, ...wanted.flatMap((relation) => evaluate(relation, facts))];
  const used = new Set(
    [...wanted, ...judged.map(({ relation }) => relation)].flatMap(({ leader, followers }) => [leader, ...followers]),
  );
  return {
    facts: [...facts.values()].filter(({ name }) => only.length === 0 || used.has(name) || only.includes(name)),
    findings: withExceptions(findings, config, options.today),
    elsewhere: detected.elsewhere,
    notes: detected.notes,
    unread: unreadFiles(repository),
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
  return only.length === 0 || only.some((each) => [name, leader, ...followers, ...facts].includes(each));
}

function configuredFacts(config: PinsConfig, { repository, tag, imageDigest }: CheckOptions): Fact[] {
  const located = config.facts.map((spec) => {
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

/**
 * The version in a tag, as a site without a file. A run that was not started by a tag has no such site, and relations
 * with the tag are not checked.
 */
function tagSites(tag: string | undefined, strip: string): Site[] {
  if (tag === undefined || tag === "") return [];
  return [plainSite({ value: tag.startsWith(strip) ? tag.slice(strip.length) : tag, location: undefined })];
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
      advice: `Use one of these names: ${[...known].sort().join(", ")}.`,
    });
  }
  return relations.filter((relation) => isAskedFor(relation, [], only));
}

/** An exception turns a finding into a notice; an expired exception leaves the finding and is named in its message. */
function withExceptions(findings: readonly Finding[], { exceptions }: PinsConfig, today: string): Finding[] {
  return findings.map((finding) => {
    const exception = exceptions.find((each) => each.fact === finding.fact || each.fact === finding.relation.leader);
    if (exception === undefined) return finding;
    const { until, reason, location } = exception;
    if (until !== undefined && until < today) {
      const expired = `the exception at ${location.file}:${location.line} expired on ${until}`;
      return { ...finding, message: `${finding.message} (${expired})` };
    }
    const message = `${finding.message} (allowed: ${reason})`;
    return { ...finding, severity: "notice", repair: undefined, message };
  });
}

function tabled(images: PinsConfig["images"], image: string): string | undefined {
  const name = image.replace(/@.*$/, "");
  const colon = name.lastIndexOf(":");
  return images.get(name.slice(0, colon))?.get(name.slice(colon + 1));
}
