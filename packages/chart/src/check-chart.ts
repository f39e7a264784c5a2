import { parseVersion, type Version } from "@release-actions/channel";
import type { Problem } from "@release-actions/report";
import type { Chart } from "./chart-file.ts";

/** The versions that the release expects; `undefined` is not compared. */
export interface Expectation {
  readonly version: string | undefined;
  readonly appVersion: string | undefined;
}

/** The version of a chart. Helm also accepts one that begins with `v`. */
export function chartVersion({ name, version }: Chart): Version {
  return parseVersion(withoutV(version), `the version of the chart ${name}`);
}

/** Everything that differs between a chart and what the release expects. */
export function checkChart(chart: Chart, expected: Expectation): readonly Problem[] {
  chartVersion(chart);
  return [...compare(chart, "version", expected.version), ...compare(chart, "appVersion", expected.appVersion)];
}

function compare(chart: Chart, field: "version" | "appVersion", expected: string | undefined): readonly Problem[] {
  const found = chart[field];
  if (expected === undefined || withoutV(found ?? "") === withoutV(expected)) return [];
  // A chart may leave out `appVersion`, unless the release expects one.
  const message = `the chart ${chart.name} has ${found === undefined ? `no ${field}` : `the ${field} ${found}`}, expected ${expected}`;
  return [{ level: "error", title: `${field} of ${chart.name}`, message, location: chart.locate(field) }];
}

function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/, "");
}
