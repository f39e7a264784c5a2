import { globSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { parseTag, parseVersion, type Version } from "@release-actions/channel";
import { type Chart, ChartError, chartVersion, checkChart, readChart } from "@release-actions/chart";
import { loadPlan } from "@release-actions/dist-plan";
import { type RunArtifacts, type RunFacts, subjectOfPlan, subjectOfVersion } from "@release-actions/release-run";
import type { ActionRunner } from "./action.gen.ts";

/** A chart to release, whose name and version were checked against the release. */
export interface Subject {
  readonly folder: string;
  /** The folder as messages name it. */
  readonly shown: string;
  readonly chart: Chart;
  readonly version: Version;
}

/** @throws ChartError when a chart does not match the release; every difference is reported first. */
export async function findSubjects(
  runner: ActionRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
): Promise<readonly Subject[]> {
  const expected = await expectedVersion(runner, facts, artifacts);
  const subjects: Subject[] = [];
  for (const shown of await chartFolders(runner.inputs.chart, facts.workspace)) {
    subjects.push(await findSubject(runner, facts, shown, expected));
  }
  const names = subjects.map(({ chart }) => chart.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ChartError(`two charts have the name ${twice}, which would be the same chart in the registry`);
  if (expected === undefined) runner.info("no tag was pushed, so the version of the chart is not compared");
  return subjects;
}

async function findSubject(
  { inputs, ...runner }: ActionRunner,
  facts: RunFacts,
  shown: string,
  expected: Version | undefined,
): Promise<Subject> {
  const folder = path.resolve(facts.workspace, shown);
  const chart = await readChart(folder, path.posix.join(shown, "Chart.yaml"));
  const appVersion = inputs["app-version"] ?? (chart.appVersion === undefined ? undefined : expected?.text);
  const problems = checkChart(chart, { version: expected?.text, appVersion });
  for (const problem of problems) runner.problem(problem);
  if (problems.length > 0) {
    throw new ChartError(
      `${shown} is not the chart of this release: ${problems.map(({ message }) => message).join("; ")}`,
      {
        advice: "Raise the versions in Chart.yaml together with the version of the product, and tag that commit.",
      },
    );
  }
  return { folder, shown, chart, version: chartVersion(chart) };
}

/** The folders of the input, with patterns such as `charts/*` expanded; without any, the only one under `charts/`. */
async function chartFolders(named: readonly string[], workspace: string): Promise<readonly string[]> {
  if (named.length === 0) return [await onlyChart(workspace)];
  return named.flatMap((name) => {
    if (!/[*?[\]{}]/.test(name)) return [name];
    const found = globSync(`${name.replace(/\/+$/, "")}/Chart.yaml`, { cwd: workspace }).sort();
    if (found.length === 0) throw new ChartError(`there is no chart in ${name}`);
    return found.map((file) => path.dirname(file));
  });
}

async function expectedVersion(
  { inputs }: ActionRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
): Promise<Version | undefined> {
  if (inputs.version !== undefined) {
    return subjectOfVersion(parseVersion(inputs.version, "the input `version`"), facts.tag).version;
  }
  if (inputs.mode === "publish") return subjectOfPlan(await loadPlan(inputs.plan, artifacts.read), facts.tag).version;
  if (facts.tag === undefined) return undefined;
  const tag = parseTag(facts.tag);
  if (tag === undefined) throw new ChartError(`the workflow runs for the tag ${facts.tag}, which contains no version`);
  return tag.version;
}

async function onlyChart(workspace: string): Promise<string> {
  const entries = await readdir(path.join(workspace, "charts"), { withFileTypes: true }).catch(() => []);
  const charts: string[] = [];
  for (const entry of entries) {
    const file = path.join(workspace, "charts", entry.name, "Chart.yaml");
    if (entry.isDirectory() && (await stat(file).catch(() => undefined)) !== undefined)
      charts.push(`charts/${entry.name}`);
  }
  const [first, second] = charts.sort();
  if (first !== undefined && second === undefined) return first;
  const found = first === undefined ? "no chart" : `${charts.length} charts (${charts.join(", ")})`;
  throw new ChartError(`there is ${found} under charts/, expected one`, {
    advice: "Name their folders with the input `chart`: `charts/*` for all.",
  });
}
