// Publishes this repository: `npm run release`. With `--dry-run` it only shows what would happen. With `--prepare <folder>`
// it pushes nothing and writes the release to the folder, for push-prepared.ts. `--remote <name or URL>` selects the
// remote (by default origin). For HTTPS remotes set RELEASE_TOKEN.
import path from "node:path";
import { parseArgs } from "node:util";
import { Fault } from "@release-actions/report";
import { handOver } from "./release/hand-over.ts";
import { type Options, type Outcome, publish, withPrepared } from "./release/publish.ts";
import { isTested } from "./test/tested.ts";

const root = path.dirname(import.meta.dirname);
const { values } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    prepare: { type: "string" },
    untested: { type: "boolean", default: false },
    remote: { type: "string", default: "origin" },
    "source-branch": { type: "string", default: "main" },
    "release-branch": { type: "string", default: "release" },
  },
});
const { prepare, untested } = values;
const options: Options = {
  root,
  remote: values.remote,
  dryRun: values["dry-run"],
  sourceBranch: values["source-branch"],
  releaseBranch: values["release-branch"],
  token: process.env["RELEASE_TOKEN"],
  changesets: path.join(root, "node_modules/@changesets/cli/bin.js"),
  // A second build of sources that were tested elsewhere need not be tested again; a build that is pushed from here must be.
  isTested: (tree) => (untested && prepare !== undefined) || isTested(root, tree),
  say: (text) => console.log(`release: ${text}`),
};

try {
  console.log(describe(prepare === undefined ? await publish(options) : await prepareIn(prepare)));
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  const because = error.cause instanceof Error ? `\n${error.cause.message}` : "";
  console.error(`release: ${error.message}${because}${error.advice === undefined ? "" : `\nNext: ${error.advice}`}`);
  process.exit(1);
}

async function prepareIn(folder: string): Promise<Outcome> {
  return withPrepared(options, async (prepared) => {
    await handOver(prepared, root, folder);
    return prepared.outcome;
  });
}

function describe({ kind, plan, updates }: Outcome): string {
  if (kind === "up-to-date") return `Everything of v${plan.version} is published. Nothing to do.`;
  const versions = plan.actions.map(({ name, version }) => {
    return `  ${name.padEnd(28)} ${version}${plan.raised.includes(name) ? "  new" : ""}`;
  });
  const refs = updates.map(({ ref, commit, expected }) => {
    return `  ${ref.padEnd(48)} ${expected === "" ? "new" : expected.slice(0, 10)} -> ${commit.slice(0, 10)}`;
  });
  return [
    kind === "planned" ? `Would release v${plan.version} (nothing was pushed):` : `Released v${plan.version}:`,
    ...versions,
    "pushed in one piece:",
    ...refs,
    "checksums and notes: .work/release",
  ].join("\n");
}
