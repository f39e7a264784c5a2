import { ChartError, checkDependencies } from "@release-actions/chart";
import type { ActionRunner } from "./action.gen.ts";
import { type Helm, requireSuccess } from "./helm.ts";
import type { Subject } from "./subject.ts";

/** Helm's words for a dependency that is present and right (helm, pkg/action/dependency.go). */
const GOOD: readonly string[] = ["ok", "unpacked"];

/** Downloads the versions of `Chart.lock` into `charts/`, only from the repositories that the chart names. */
export async function buildDependencies(helm: Helm, { folder, chart, shown }: Subject): Promise<void> {
  const urls = chart.dependencies.map(({ repository }) => repository).filter((url) => /^https?:/.test(url));
  for (const [index, url] of [...new Set(urls)].entries()) {
    const added = await helm(["repo", "add", `dependency-${index}`, url]);
    requireSuccess(added, `helm cannot read ${url}, a repository of dependencies of ${shown}`);
  }
  const advice = "If there is no network, or a registry needs a login, build them in an earlier step.";
  requireSuccess(await helm(["dependency", "build", folder]), `helm cannot build the dependencies of ${shown}`, advice);
}

/** @throws ChartError when a dependency is missing, or has a version other than Chart.yaml or Chart.lock require. */
export async function requireDependencies(helm: Helm, subject: Subject, runner: ActionRunner): Promise<void> {
  const { folder, chart, shown } = subject;
  if (chart.dependencies.length === 0) return;
  const problems = checkDependencies(folder, chart, `${shown}/Chart.yaml`);
  const listed = await helm(["dependency", "list", folder, "--max-col-width", "0"]);
  const rows = requireSuccess(listed, `helm cannot list the dependencies of ${shown}`).stdout.split("\n").slice(1);
  for (const row of rows) {
    const [name = "", version = "", ...rest] = row.split("\t").map((cell) => cell.trim());
    const state = rest.at(-1) ?? "";
    if (name === "" || name.startsWith("WARNING") || rest.length === 0 || GOOD.includes(state)) continue;
    const message = `${name} ${version} is ${state} in charts/`;
    problems.push({ level: "error", title: `dependency ${name}`, message, location: chart.locate("dependencies") });
  }
  for (const problem of problems) runner.problem(problem);
  if (problems.length === 0) return;
  throw new ChartError(
    `the dependencies of ${shown} do not match what it declares: ${problems.map(({ message }) => message).join("; ")}`,
    { advice: "Run `helm dependency build` in an earlier step, or set `dependencies: build`." },
  );
}
