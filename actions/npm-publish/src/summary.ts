import { randomBytes } from "node:crypto";
import { type LedgerRow, saveLedger } from "@release-actions/ledger";
import { approveCommand, listCommand } from "@release-actions/npm";
import type { RunArtifacts } from "@release-actions/release-run";
import { type Outcome, reasonOf } from "./outcome.ts";
import type { PublishRunner } from "./publish-runner.ts";

/** Sets the outputs, also when it failed, and shows what became of each package. */
export function showOutcomes(runner: PublishRunner, registry: URL, outcomes: readonly Outcome[]): void {
  const reason = (outcome: Outcome): string => reasonOf(outcome, runner.inputs["dry-run"]);
  const published = outcomes.filter((outcome) => outcome.published);
  const waiting = outcomes.filter(({ state }) => state === "waiting");
  const others = outcomes.filter((outcome) => !outcome.published && outcome.state !== "waiting");
  runner.setOutput(
    "published",
    published.map(({ name, version, integrity, tag = "" }) => ({ name, version, tag, integrity })),
  );
  runner.setOutput(
    "staged",
    waiting.map((outcome) => {
      const { name, version, integrity, tag = "", stage } = outcome;
      return {
        name,
        version,
        tag,
        integrity,
        id: stage?.id ?? "",
        approve: commandFor(outcome),
        page: pageOf(registry, name),
      };
    }),
  );
  runner.setOutput(
    "skipped",
    others.map((outcome) => ({ name: outcome.name, version: outcome.version, reason: reason(outcome) })),
  );
  runner.setOutput(
    "complete",
    outcomes.every(({ state }) => state === "verified" || state === "skipped"),
  );
  for (const outcome of outcomes) runner.info(`${outcome.name}@${outcome.version}: ${reason(outcome)}`);
  runner.summary.heading("npm").table(
    ["package", "version", "dist-tag", "integrity", "state"],
    outcomes.map((outcome) => {
      const { name, version, integrity, tag = "" } = outcome;
      return [
        `\`${name}\``,
        version,
        tag,
        integrity === undefined ? "" : `\`${integrity.slice(0, 20)}…\``,
        reason(outcome),
      ];
    }),
  );
  runner.summary.raw(`Registry: ${registry.href}`);
  showApprovals(runner, registry, waiting);
}

/** All that waits in one list, in the order of publishing, to be read and run by a maintainer. */
function showApprovals(runner: PublishRunner, registry: URL, waiting: readonly Outcome[]): void {
  if (waiting.length === 0) return;
  const commands = waiting.map(commandFor).join("\n");
  const message =
    `${waiting.length} ${waiting.length === 1 ? "package waits" : "packages wait"} for approval. A maintainer runs, in this order, since the last ones ` +
    `are what people install:\n${commands}`;
  runner.problem({ level: "notice", message });
  runner.summary
    .heading("Waits for approval", 4)
    .raw("A maintainer approves in this order, with a second factor. The last ones are what people install.")
    .code(commands, "sh")
    .raw(waiting.map(({ name, version }) => approvalLink(registry, name, version)).join("\n"));
}

function approvalLink(registry: URL, name: string, version: string): string {
  const page = pageOf(registry, name);
  return `- ${page === "" ? `\`${name}\`` : `[\`${name}\`](${page})`} ${version}`;
}

/** The command of a maintainer: by the id where it is known, else the one that shows it. */
function commandFor({ name, stage }: Outcome): string {
  return stage?.id === undefined ? listCommand(name) : approveCommand(stage.id);
}

/** Where people see the package, and its maintainers what is staged. Only npm's own registry has such pages. */
function pageOf(registry: URL, name: string): string {
  return registry.hostname.endsWith(".npmjs.org") ? `https://www.npmjs.com/package/${name}` : "";
}

/** Leaves what happened for the release notes and for a later attempt. */
export async function recordLedger(
  runner: PublishRunner,
  registry: URL,
  artifacts: RunArtifacts,
  attempt: number,
  outcomes: readonly Outcome[],
): Promise<void> {
  const at = new Date().toISOString();
  const rows = outcomes.map((outcome): LedgerRow => {
    const { name, version, integrity, state } = outcome;
    const digest = integrity === undefined ? {} : { digest: integrity };
    const url = pageOf(registry, name) === "" ? {} : { url: pageOf(registry, name) };
    const row = { channel: "npm", name, version, at };
    if (state === "verified") return { ...row, state, ...digest, ...url };
    const reason = reasonOf(outcome, false);
    if (state !== "waiting") return { ...row, state, reason };
    return { ...row, state: "awaiting-approval", ...digest, ...url, reason, approve: commandFor(outcome) };
  });
  const options = { channel: "npm", attempt, random: randomBytes(4).toString("hex") };
  runner.info(`wrote the ledger ${await saveLedger(artifacts, rows, options)}`);
}
