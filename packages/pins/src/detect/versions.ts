import { packageField, type Workspace } from "@release-actions/cargo";
import { entryOf, replaceString, tableOf } from "@release-actions/toml";
import { type Fact, plainSite, type Relation, type Site } from "../fact.ts";
import { tagSites } from "../locate/git-tag.ts";
import { tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarSite, yamlScalar } from "../locate/yaml-file.ts";
import type { Detected } from "./detected.ts";

const CHARTS = /(^|\/)Chart\.yaml$/;
/** Charts inside a chart are its dependencies. */
const SUBCHART = /\/charts\/[^/]+\/Chart\.yaml$/;

/** The product's version is that of the workspace or of the root crate; lock, chart and tag follow it. */
export function detectVersions(
  repository: Repository,
  workspace: Workspace | undefined,
  tag: string | undefined,
): Detected {
  if (workspace === undefined) return { facts: [], relations: [], elsewhere: [] };
  const { manifest } = workspace;
  const shared = entryOf(tableOf(tableOf(manifest.root, "workspace"), "package"), "version");
  const version = shared ?? entryOf(tableOf(manifest.root, "package"), "version");
  const locked = lockedVersions(workspace);
  const facts: Fact[] = [...locked.facts];
  const relations: Relation[] = [...locked.relations];
  if (version?.kind === "string") {
    const charts = productCharts(repository, workspace);
    facts.push({ name: "version", sites: [tomlSite(manifest, version)] });
    facts.push({ name: "chart version", sites: chartSites(repository, charts, "version") });
    facts.push({ name: "chart appVersion", sites: chartSites(repository, charts, "appVersion") });
    facts.push({ name: "tag", sites: tagSites(tag, "v") });
    relations.push({
      name: "version",
      kind: "equal",
      leader: "version",
      followers: ["chart version", "chart appVersion", "tag"],
    });
  }
  return { facts, relations, elsewhere: [] };
}

/** Crates are grouped by where their version is written, so that inheriting ones make one fact. */
function lockedVersions(workspace: Workspace): { facts: Fact[]; relations: Relation[] } {
  const { lock } = workspace;
  if (lock === undefined) return { facts: [], relations: [] };
  const local = new Map(lock.packages.filter(({ source }) => source === undefined).map((each) => [each.name, each]));
  const groups = new Map<string, { leader: Site; name: string; sites: Site[] }>();
  for (const crate of workspace.crates) {
    const node = packageField(workspace, crate, "version");
    // A crate without a version is 0.0.0 since cargo 1.75; the lock says so too.
    if (node?.kind !== "string") continue;
    const key = `${node.location.file}:${node.location.line}`;
    const holder = node.location.file === crate.manifest.file ? crate.manifest : workspace.manifest;
    const name =
      holder === crate.manifest && holder !== workspace.manifest ? `version of ${crate.name}` : "workspace version";
    const group = groups.get(key) ?? { leader: tomlSite(holder, node), name, sites: [] };
    groups.set(key, group);
    const found = local.get(crate.name);
    const absent = plainSite({ value: `(no ${crate.name})`, location: { file: lock.document.file, line: 1 } });
    const { document } = lock;
    group.sites.push(
      found === undefined
        ? absent
        : plainSite({
            value: found.version.value,
            location: found.version.location,
            rewrite: (value) => replaceString(document, found.version, value),
          }),
    );
  }
  const list = [...groups.values()];
  return {
    facts: list.flatMap(({ leader, name, sites }) => [
      { name, sites: [leader] },
      { name: `locked ${name}`, sites },
    ]),
    relations: list.map(({ name }) => ({
      name: "lock",
      kind: "equal",
      leader: name,
      followers: [`locked ${name}`],
      advice: "`cargo update --workspace` brings the lock file up to date.",
    })),
  };
}

/** The one chart there is, or those named like a crate or what its name starts with: others have versions of their own. */
function productCharts(repository: Repository, { crates }: Workspace): readonly string[] {
  const charts = repository.matching(CHARTS).filter((file) => !SUBCHART.test(file) || !isInsideChart(repository, file));
  if (charts.length <= 1) return charts;
  return charts.filter((file) => {
    const chart = String(yamlScalar(repository.yaml(file), ["name"])?.value);
    return crates.some(({ name }) => name === chart || name.startsWith(`${chart}-`));
  });
}

function isInsideChart(repository: Repository, file: string): boolean {
  return repository.has(`${file.replace(SUBCHART, "")}/Chart.yaml`);
}

function chartSites(repository: Repository, charts: readonly string[], key: string): Site[] {
  return charts.flatMap((file) => {
    const yaml = repository.yaml(file);
    const scalar = yamlScalar(yaml, [key]);
    return scalar === undefined ? [] : [scalarSite(yaml, scalar)];
  });
}
