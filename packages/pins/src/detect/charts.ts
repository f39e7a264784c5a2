import type { Workspace } from "@release-actions/cargo";
import { parseDocument } from "yaml";
import type { Site } from "../fact.ts";
import type { History } from "../locate/history.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarSite, type YamlFile, yamlScalar } from "../locate/yaml-file.ts";
import { isAside } from "../rust/place.ts";
import type { Sources } from "./detected.ts";

const CHARTS = /(^|\/)Chart\.yaml$/;
/** A chart inside another chart, which is one of its dependencies. */
const SUBCHART = /\/charts\/[^/]+\/Chart\.yaml$/;

export interface Chart {
  readonly file: string;
  readonly name: string;
  readonly version: Site | undefined;
  readonly appVersion: Site | undefined;
  /** Whether the chart's own version must equal the product's version. */
  readonly followsVersion: boolean;
  /** Whether the chart is named like one of the crates. */
  readonly isNamedAlike: boolean;
}

/** The charts of the product: the only chart, or those that are named like a crate. Other charts have versions of their own. */
export async function productCharts(
  { repository, history }: Sources,
  workspaces: readonly Workspace[],
): Promise<readonly Chart[]> {
  const names = workspaces.flatMap(({ crates }) => crates.map(({ name }) => name));
  // Charts of tests are read too, so that an unreadable one is reported.
  const all = repository.readable(CHARTS, (file) => [repository.yaml(file)]);
  const own = all.filter(({ file }) => !isAside(file) && (!SUBCHART.test(file) || !isInsideChart(repository, file)));
  const known = await Promise.all(own.map((yaml) => readChart(yaml, history, names)));
  return known.length <= 1 ? known : known.filter(({ isNamedAlike }) => isNamedAlike);
}

async function readChart(yaml: YamlFile, history: History, crates: readonly string[]): Promise<Chart> {
  const { file } = yaml;
  const siteOf = (key: string): Site | undefined => {
    const scalar = yamlScalar(yaml, [key]);
    return scalar === undefined ? undefined : scalarSite(yaml, scalar);
  };
  const name = String(yamlScalar(yaml, ["name"])?.value ?? "");
  const [version, appVersion] = [siteOf("version"), siteOf("appVersion")];
  return {
    file,
    name,
    version,
    appVersion,
    followsVersion: isEqual(version?.value, appVersion?.value) || (await wereEqual(yaml.text, file, history)),
    isNamedAlike: crates.some((crate) => isAlike(crate, name)),
  };
}

/** Whether both versions are equal. Without appVersion they count as equal, since only `version` can name the product's version. */
function isEqual(version: string | undefined, appVersion: string | undefined): boolean {
  return appVersion === undefined || version?.replace(/^v/, "") === appVersion.replace(/^v/, "");
}

/** Whether the two versions were equal before the file last changed. If so, that change forgot one of them. */
async function wereEqual(now: string, file: string, history: History): Promise<boolean> {
  const at = async (revision: string): Promise<string | undefined> => (await history.filesAt([{ revision, file }]))[0];
  const head = await at("HEAD");
  if (head === undefined) return false;
  const [last] = head === now ? await history.changesOf([file], "[vV]ersion:") : [];
  const before = head === now ? last && (await at(`${last}^`)) : head;
  if (before === undefined) return false;
  const document = parseDocument(before);
  const [version, appVersion] = [document.get("version") ?? undefined, document.get("appVersion") ?? undefined];
  return version !== undefined && appVersion !== undefined && isEqual(String(version), String(appVersion));
}

/** Whether the names have the same first word: `beacon` and `beacon-server`, `beacon-helm` and `beacon-types`. */
function isAlike(crate: string, chart: string): boolean {
  const first = (name: string): string => name.split(/[-_]/)[0] ?? "";
  return crate === chart || crate.startsWith(`${chart}-`) || (first(chart).length > 2 && first(crate) === first(chart));
}

function isInsideChart(repository: Repository, file: string): boolean {
  return repository.has(`${file.replace(SUBCHART, "")}/Chart.yaml`);
}
