import { CannotTell } from "../choices.ts";

type Inputs = ReadonlyMap<string, string>;

/** Actions that check the results of other jobs, implemented from their documentation. The function returns whether the step succeeds. */
const ACTIONS: readonly (readonly [uses: RegExp, judge: (inputs: Inputs) => boolean])[] = [
  [
    /^re-actors\/alls-green@/,
    (inputs) => allSucceed(inputs.get("jobs"), inputs.get("allowed-skips"), inputs.get("allowed-failures")),
  ],
  [/^matrix-org\/done-action@/, (inputs) => allSucceed(inputs.get("needs"), inputs.get("skippable"))],
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

/** Jobs in `mayFail` may have any result, jobs in `maySkip` may be skipped; all others must succeed. */
function allSucceed(results: string | undefined, maySkip: string | undefined, mayFail?: string): boolean {
  const [skips, failures] = [namesIn(maySkip), namesIn(mayFail)];
  return resultsIn(results).every(
    ([job, result]) => failures.has(job) || result === "success" || (skips.has(job) && result === "skipped"),
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
  const parsed = jsonIn(text);
  if (Array.isArray(parsed)) return new Set(parsed.map(String));
  return new Set(text.split(/[\s,]+/).filter((name) => name !== ""));
}

function resultsIn(text = ""): [job: string, result: string][] {
  const parsed = jsonIn(text);
  if (typeof parsed !== "object" || parsed === null) throw new CannotTell("results that are not `toJSON(needs)`");
  return Object.entries(parsed).map(([job, value]) => [job, String(Object(value)["result"])]);
}

/** The value of a text in JSON; undefined when it is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
