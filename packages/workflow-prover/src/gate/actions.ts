import { CannotTell } from "../choices.ts";

type Inputs = ReadonlyMap<string, string>;

/** Actions that check the results of other jobs, implemented from their documentation. The function returns whether the step succeeds. */
const ACTIONS: readonly (readonly [uses: RegExp, judge: (inputs: Inputs) => boolean])[] = [
  [/^re-actors\/alls-green@/, allsGreen],
  [/^matrix-org\/done-action@/, doneAction],
  [/^lwhiteley\/dependent-jobs-result-check@/, dependentJobsResultCheck],
  [/^actions\/github-script@/, githubScript],
];

/** Whether an action succeeds. @throws CannotTell for an unknown action that reads results */
export function runGateAction(uses: string, inputs: Inputs, isTainted: boolean): boolean {
  const judge = ACTIONS.find(([pattern]) => pattern.test(uses))?.[1];
  if (judge !== undefined) return judge(inputs);
  if (isTainted) throw new CannotTell(`what ${uses} does`);
  return true;
}

/** Jobs in `allowed-failures` may have any result, jobs in `allowed-skips` may be skipped; all others must succeed. */
function allsGreen(inputs: Inputs): boolean {
  const failures = namesIn(inputs.get("allowed-failures"));
  const skips = namesIn(inputs.get("allowed-skips"));
  return resultsIn(inputs.get("jobs")).every(
    ([job, result]) => failures.has(job) || result === "success" || (skips.has(job) && result === "skipped"),
  );
}

/** `needs` is `toJSON(needs)`; jobs in `skippable` may be skipped. */
function doneAction(inputs: Inputs): boolean {
  const skippable = namesIn(inputs.get("skippable"));
  return resultsIn(inputs.get("needs")).every(
    ([job, result]) => result === "success" || (skippable.has(job) && result === "skipped"),
  );
}

/** Fails when a result is one of `statuses`. */
function dependentJobsResultCheck(inputs: Inputs): boolean {
  const statuses = namesIn(inputs.get("statuses"));
  return resultsIn(inputs.get("dependencies")).every(([, result]) => !statuses.has(result));
}

/** Only scripts that do nothing except fail are supported. */
function githubScript(inputs: Inputs): boolean {
  const script = (inputs.get("script") ?? "").trim();
  if (
    /^(core\.setFailed\((?:'[^']*'|"[^"]*"|`[^`$]*`)\);?\s*)+$/.test(script) ||
    /^throw new Error\([^;]*\);?$/.test(script)
  )
    return false;
  if (!/setFailed|throw|process\.exit/.test(script)) return true;
  throw new CannotTell("a script in JavaScript");
}

/** Parses names that are separated by lines, commas or blanks, or written as JSON. */
function namesIn(text = ""): Set<string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return new Set(parsed.map(String));
  } catch {
    // The text is not JSON, so it is a plain list.
  }
  return new Set(text.split(/[\s,]+/).filter((name) => name !== ""));
}

function resultsIn(text = ""): [job: string, result: string][] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null)
      return Object.entries(parsed).map(([job, value]) => [job, String(Object(value)["result"])]);
  } catch {
    // Falls through to what cannot be told.
  }
  throw new CannotTell("results that are not `toJSON(needs)`");
}
