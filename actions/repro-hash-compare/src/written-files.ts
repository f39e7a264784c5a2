import path from "node:path";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** The path of the JSON file with the same content as the report. */
export function jsonBeside(report: string): string {
  return `${report.replace(/\.html?$/i, "")}.json`;
}

/** The path of the predicate file for `actions/attest`. */
export function predicateBeside(attestation: string): string {
  return `${attestation.replace(/\.json$/, "")}.predicate.json`;
}

/** Refuses inputs that name the same file for two results, because the second would replace the first. */
export function checkWrittenFiles({ record, report, attestation }: ActionRunner["inputs"]): void {
  const written = [
    ["record", record],
    ["report", report],
    ["report", report && jsonBeside(report)],
    ["attestation", attestation],
    ["attestation", attestation && predicateBeside(attestation)],
  ] as const;
  const known = new Map<string, string>();
  for (const [input, place] of written) {
    if (place === undefined) continue;
    const file = path.resolve(place);
    const other = known.get(file);
    if (other !== undefined)
      throw new Fault(`inputs \`${other}\` and \`${input}\` would both write ${file}`, {
        advice: "Give them other names; `report` writes a JSON file of its name beside the page.",
      });
    known.set(file, input);
  }
}
