import { parseVersion } from "@release-actions/channel";
import type { Problem } from "@release-actions/report";
import type { Chart } from "./chart-file.ts";

/** What the release calls the chart and the app in it; `undefined` is not compared. */
export interface Expectation {
  readonly version: string | undefined;
  readonly appVersion: string | undefined;
}

/** Everything in which a chart is not the one to be released. */
export function checkChart(chart: Chart, expected: Expectation): readonly Problem[] {
  parseVersion(chart.version, `the version of the chart ${chart.name}`);
  return [...compare(chart, "version", expected.version), ...compare(chart, "appVersion", expected.appVersion)];
}

function compare(chart: Chart, field: "version" | "appVersion", expected: string | undefined): readonly Problem[] {
  const found = chart[field];
  if (expected === undefined || found === expected) return [];
  // A chart need not say which app it installs, unless somebody counts on it.
  const message = `the chart ${chart.name} has ${found === undefined ? `no ${field}` : `the ${field} ${found}`}, the release is ${expected}`;
  return [{ level: "error", title: `${field} of ${chart.name}`, message, location: chart.locate(field) }];
}
