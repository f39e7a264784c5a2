import { type PublishState, writePublished } from "@release-actions/action-kit";
import type { LedgerRow } from "@release-actions/ledger";
import { approveCommand, listCommand } from "@release-actions/npm";
import type { Publishing } from "@release-actions/release-run";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type Outcome, reasonOf } from "./publish/outcome.ts";

/** Sets the outputs (also after a failure) and shows the result for each package. */
export function showOutcomes(runner: ActionRunner, registry: URL, outcomes: readonly Outcome[]): void {
  const reason = (outcome: Outcome): string => reasonOf(outcome, runner.inputs["dry-run"]);
  const facts = ({ name, version, tag = "", integrity }: Outcome) => ({ name, version, tag, integrity });
  const published = outcomes.filter((outcome) => outcome.published);
  const waiting = outcomes.filter(({ state }) => state === "waiting");
  const others = outcomes.filter((outcome) => !outcome.published && outcome.state !== "waiting");
  const staged = waiting.map((outcome) => {
    const page = pageOf(registry, outcome.name);
    return { ...facts(outcome), id: outcome.stage?.id ?? "", approve: commandFor(outcome), page };
  });
  const skipped = others.map((outcome) => ({ name: outcome.name, version: outcome.version, reason: reason(outcome) }));
  const isComplete = outcomes.every(({ state }) => state === "verified" || state === "skipped");
  runner.setOutput("published", published.map(facts));
  runner.setOutput("staged", staged);
  runner.setOutput("skipped", skipped);
  runner.setOutput("complete", isComplete);
  for (const outcome of outcomes) runner.info(`${outcome.name}@${outcome.version}: ${reason(outcome)}`);
  showApprovals(runner, waiting);
  const [first] = outcomes;
  writePublished(runner.summary, {
    subject: outcomes.length === 1 ? `npm package ${first?.name} ${first?.version}` : `${outcomes.length} npm packages`,
    header: ["package", "version", "dist-tag", "integrity"],
    rows: outcomes.map((outcome) => {
      const { name, version, integrity = "", tag = "" } = outcome;
      const cells = [linked(registry, name), version, tag, integrity && `\`${integrity.slice(0, 20)}…\``];
      return { state: publishState(outcome, runner.inputs["dry-run"]), cells, said: reason(outcome) };
    }),
  });
  runner.summary.text(`Registry: ${registry.href}`);
}

function publishState({ state, published, leftOut }: Outcome, dryRun: boolean): PublishState {
  if (state === "waiting") return "waiting";
  if (state === "verified") return published ? "published" : "unchanged";
  if (state === "sent") return "unverified";
  return leftOut !== undefined || dryRun ? "skipped" : "failed";
}

/** Lists the commands that approve the waiting packages, in publishing order, for a maintainer to run. */
function showApprovals(runner: ActionRunner, waiting: readonly Outcome[]): void {
  if (waiting.length === 0) return;
  const commands = waiting.map(commandFor);
  const message =
    `${countOf(waiting.length, "package waits", "packages wait")} for approval. A maintainer must run these commands in this order, because the last ones ` +
    `are what people install:\n${commands.join("\n")}`;
  runner.problem({ level: "notice", message });
  runner.summary
    .next(
      "A maintainer approves in this order, with a second factor. The last ones are the packages that people install.",
    )
    .code(waiting.map(({ name }, index) => `${commands[index]} # ${name}`).join("\n"), "sh");
}

function linked(registry: URL, name: string): string {
  const page = pageOf(registry, name);
  return page === "" ? `\`${name}\`` : `[\`${name}\`](${page})`;
}

/** The maintainer's command: approves the stage if its ID is known, else lists stages to find the ID. */
function commandFor({ name, stage }: Outcome): string {
  return stage?.id === undefined ? listCommand(name) : approveCommand(stage.id);
}

/** The package's web page, which shows maintainers the staged versions too. Only npm's own registry has such pages. */
function pageOf(registry: URL, name: string): string {
  return registry.hostname.endsWith(".npmjs.org") ? `https://www.npmjs.com/package/${name}` : "";
}

/** The ledger row of the start, before the packages are known. Later, each package has a row with its own name. */
export function publishingOf(inputs: ActionRunner["inputs"]): Publishing {
  const names = [...(inputs.packages ?? "").matchAll(/^[\s-]*(?:package|app)\s*:\s*["']?([^"'\s]+)/gm)].map(
    ([, name]) => name,
  );
  const place = names.length === 0 ? (inputs.scope ?? "") : names.join(", ");
  return {
    channel: "npm",
    place: place && `packages of ${place}`,
    otherwise: "packages",
    keepsLedger: !inputs["dry-run"],
  };
}

/** The ledger rows of the packages, which the release notes and later attempts read. */
export function ledgerRows(registry: URL, outcomes: readonly Outcome[]): readonly LedgerRow[] {
  const at = new Date().toISOString();
  return outcomes.map((outcome): LedgerRow => {
    const { name, version, integrity, state } = outcome;
    const digest = integrity === undefined ? {} : { digest: integrity };
    const url = pageOf(registry, name) === "" ? {} : { url: pageOf(registry, name) };
    const row = { channel: "npm", name, version, at };
    if (state === "verified") return { ...row, state, ...digest, ...url };
    const reason = reasonOf(outcome, false);
    if (state === "sent") return { ...row, state: "published", ...digest, ...url, reason };
    if (state !== "waiting") return { ...row, state: state === "skipped" ? state : "failed", reason };
    return { ...row, state: "awaiting-approval", ...digest, ...url, reason, approve: commandFor(outcome) };
  });
}
