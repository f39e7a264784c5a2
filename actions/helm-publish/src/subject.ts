import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { parseTag, parseVersion, type Version } from "@release-actions/channel";
import { type Chart, ChartError, checkChart, readChart } from "@release-actions/chart";
import { loadPlan } from "@release-actions/dist-plan";
import { type RunArtifacts, type RunFacts, subjectOfPlan, subjectOfVersion } from "@release-actions/release-run";
import type { PublishRunner } from "./publish-runner.ts";

/** The chart that is released, found to be the one that is meant. */
export interface Subject {
  readonly folder: string;
  readonly chart: Chart;
  readonly version: Version;
}

/** @throws ChartError when the chart is another than the release says; every difference is shown before. */
export async function findSubject(runner: PublishRunner, facts: RunFacts, artifacts: RunArtifacts): Promise<Subject> {
  const { inputs } = runner;
  const shown = inputs.chart ?? (await onlyChart(facts.workspace));
  const folder = path.resolve(facts.workspace, shown);
  const chart = await readChart(folder, path.posix.join(shown, "Chart.yaml"));
  const expected = await expectedVersion(runner, facts, artifacts);
  const appVersion = inputs["app-version"] ?? (chart.appVersion === undefined ? undefined : expected?.text);
  const problems = checkChart(chart, { version: expected?.text, appVersion });
  for (const problem of problems) runner.problem(problem);
  if (problems.length > 0) {
    throw new ChartError(
      `${shown} is not the chart of this release: ${problems.map(({ message }) => message).join("; ")}`,
      {
        advice: "Raise the versions in Chart.yaml together with the product's, and tag that commit.",
      },
    );
  }
  if (expected === undefined) runner.info("no tag was pushed: the version of the chart is compared with nothing");
  return { folder, chart, version: parseVersion(chart.version) };
}

async function expectedVersion(
  { inputs }: PublishRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
): Promise<Version | undefined> {
  if (inputs.version !== undefined) {
    return subjectOfVersion(parseVersion(inputs.version, "the input `version`"), facts.tag).version;
  }
  if (inputs.mode === "publish") return subjectOfPlan(await loadPlan(inputs.plan, artifacts.read), facts.tag).version;
  if (facts.tag === undefined) return undefined;
  const tag = parseTag(facts.tag);
  if (tag === undefined) throw new ChartError(`the workflow runs for the tag ${facts.tag}, which names no version`);
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
    advice: "Name its folder with the input `chart`.",
  });
}
