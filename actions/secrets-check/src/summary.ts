import { MARKS, type Runner } from "@release-actions/action-kit";
import { countOf } from "@release-actions/report";
import type { AutoExpectations } from "./auto.ts";
import type { Expectation } from "./expectation.ts";
import { type Finding, NEXT_STEP } from "./finding.ts";

interface Verdicts {
  readonly expectations: readonly Expectation[];
  readonly findings: readonly Finding[];
  readonly notJudged: AutoExpectations["notJudged"];
  readonly online: boolean;
}

/** Writes the findings as a table; secrets that are fine and those that were not checked are folded. */
export function summarize(summary: Runner["summary"], { expectations, findings, notJudged, online }: Verdicts): void {
  const failed = new Set(findings.filter(({ level }) => level === "error").map(({ name }) => name)).size;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  const fine = expectations.filter(({ name }) => !findings.some((finding) => finding.name === name));
  const how = online ? "tested where that is possible" : "well formed";
  const passed = [
    warnings > 0 ? countOf(warnings, "warning") : "",
    fine.length > 0 ? `${fine.length} as expected, ${how}` : "",
  ].filter((text) => text !== "");
  const verdict = failed > 0 ? `${failed} missing or invalid` : passed.join("; ") || "nothing to check";
  summary.verdict(failed > 0 ? "error" : findings.length > 0 ? "warning" : "success", `Secrets: ${verdict}`).table(
    ["", "secret", "state", "what to do"],
    findings.map(({ name, level, message, problem }) => [MARKS[level], `\`${name}\``, message, NEXT_STEP[problem]]),
  );
  if (fine.length > 0) {
    const lines = fine.map(({ name, kind }) => `- \`${name}\`: ${kind}`);
    summary.details(failed > 0 ? `${fine.length} as expected, ${how}` : "Secrets as expected", lines.join("\n"));
  }
  if (notJudged.length === 0) return;
  const lines = notJudged.map(({ name, reason }) => `- \`${name}\`: ${reason}`);
  summary.details(`${notJudged.length} not checked`, lines.join("\n"));
}
