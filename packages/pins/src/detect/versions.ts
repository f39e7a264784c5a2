import type { Workspace } from "@release-actions/cargo";
import { atPath } from "@release-actions/toml";
import type { Fact, Relation, Site } from "../fact.ts";
import { tomlSite } from "../locate/locator.ts";
import { compare, type Finding } from "../relation.ts";
import { parseVersion } from "../version.ts";
import { type Chart, productCharts } from "./charts.ts";
import { type Detected, NOTHING, type Sources } from "./detected.ts";
import { lockedVersions } from "./locked.ts";
import { judgeTag } from "./tag.ts";
import { versionSite } from "./workspaces.ts";

/** Compares lock file, charts and tag with the product's version, which is that of the workspace or of the root crate. */
export async function detectVersions(sources: Sources, workspaces: readonly Workspace[]): Promise<Detected> {
  const locks = workspaces.map((workspace) => lockedVersions(workspace));
  const facts: Fact[] = locks.flatMap((lock) => lock.facts);
  const findings: Finding[] = locks.flatMap((lock) => lock.findings);
  const notes: string[] = [];
  const owners = workspaces.map((workspace) => productVersions(workspace)).find((sites) => sites.length > 0) ?? [];
  const charts = await productCharts(sources, workspaces);
  const tag = judgeTag(sources.tag, { product: owners, crates: crateVersions(workspaces), charts });
  const [version] = owners;
  if (version !== undefined) {
    facts.push({ name: "version", sites: [version] });
    if (isPlaceholder(version))
      notes.push(`The version ${version.value} is a placeholder: charts and tags are not compared with it.`);
    else findings.push(...judgeCharts(version, charts, notes));
  }
  facts.push({ name: "chart version", sites: charts.flatMap(({ version: site }) => site ?? []) });
  facts.push({ name: "chart appVersion", sites: charts.flatMap(({ appVersion }) => appVersion ?? []) });
  facts.push(...tag.facts);
  if (version === undefined || !isPlaceholder(version)) findings.push(...tag.findings);
  return { ...NOTHING, facts, findings, notes: [...notes, ...tag.notes] };
}

function judgeCharts(version: Site, charts: readonly Chart[], notes: string[]): Finding[] {
  return charts.flatMap((chart) => {
    const followers: [string, Site | undefined][] = [["chart appVersion", chart.appVersion]];
    if (chart.followsVersion) followers.unshift(["chart version", chart.version]);
    else if (chart.version !== undefined)
      notes.push(
        `${chart.file}: the version ${chart.version.value} is the chart's own, because it was not equal to appVersion.`,
      );
    return followers.flatMap(([fact, site]): Finding[] => {
      // An appVersion such as `latest` names a channel and is not compared.
      if (site === undefined || parseVersion(site.value) === undefined) return [];
      const relation: Relation = { name: "version", kind: "equal", leader: "version", followers: [fact] };
      const findings = compare(relation, version, fact, site);
      // A difference that may be intended is not repaired.
      return mayBeMeant(version, site, chart)
        ? findings.map((finding) => ({ ...finding, severity: "warning", repair: undefined }))
        : findings;
    });
  });
}

/**
 * Whether the difference may be intended: between releases a chart may still name the last one, and a chart with another
 * name may belong to another product.
 */
function mayBeMeant(version: Site, site: Site, chart: Chart): boolean {
  const [own, product] = [parseVersion(site.value), parseVersion(version.value)];
  return !chart.isNamedAlike || (product !== undefined && product.prerelease !== "" && own?.prerelease === "");
}

/** The version that the workspace's crates inherit, and the version of the crate at its root. */
function productVersions({ manifest }: Workspace): Site[] {
  const nodes = [
    ["workspace", "package", "version"],
    ["package", "version"],
  ].map((path) => atPath(manifest.root, path));
  return nodes.flatMap((node) => (node?.kind === "string" ? [tomlSite(manifest, node)] : []));
}

/** The version of each crate, by its name; the first crate of a name counts. */
function crateVersions(workspaces: readonly Workspace[]): Map<string, Site> {
  const found = new Map<string, Site>();
  for (const workspace of workspaces) {
    for (const crate of workspace.crates) {
      const site = versionSite(workspace, crate);
      if (site !== undefined && !found.has(crate.name)) found.set(crate.name, site);
    }
  }
  return found;
}

function isPlaceholder({ value }: Site): boolean {
  return /^0\.0\.0(-|$)/.test(value);
}
