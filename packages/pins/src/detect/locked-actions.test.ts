import { expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { readJobs } from "../ci/read-jobs.ts";
import { placeOf } from "../fact.ts";
import { Repository } from "../locate/repository.ts";
import { detectLockedActions } from "./locked-actions.ts";

const LOCK = ".github/workflows/actions.lock";
const CI = ".github/workflows/ci.yml";
const COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const OTHER = "de0fac2e4500dabe0009e67214ff5f5447ce83dd";

function detected(files: Readonly<Record<string, string>>) {
  using tree = new FileTree(files);
  const repository = new Repository(tree.root);
  const { findings, notes } = detectLockedActions(repository, readJobs(repository));
  return {
    findings: findings.map(({ severity, message, follower }) => `${severity} ${placeOf(follower)} ${message}`),
    notes,
    unread: [...repository.unread.keys()],
  };
}

const workflow = (...uses: string[]): string =>
  `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${uses.map((each) => `      - uses: ${each}\n`).join("")}`;

const lock = (pins: readonly string[], dependencies: Readonly<Record<string, string>>, extra = ""): string =>
  [
    "version: 'v0.0.2'",
    "workflows:",
    `    '${CI}':`,
    ...pins.map((pin) => `        - '${pin}'`),
    "dependencies:",
    ...Object.entries(dependencies).map(
      ([key, commit]) => `    '${key}':\n        ref: 'v7'\n        commit: '${commit}'`,
    ),
    extra,
  ].join("\n");

test("accepts a workflow whose actions are all locked, even with capitals and folders of an action", () => {
  const files = {
    [CI]: workflow(
      "Actions/Checkout@v7",
      "actions/cache/restore@v5",
      "./local",
      "$/actions/x",
      "docker://alpine:3",
      "${{ matrix.x }}",
    ),
    [LOCK]: lock(["actions/checkout@v7", "actions/cache@v5"], {
      "actions/checkout@v7": `sha1-${COMMIT}`,
      "actions/cache@v5": `sha1-${OTHER}`,
    }),
  };
  expect(detected(files)).toEqual({ findings: [], notes: [], unread: [] });
});

test("reports an action that is missing in the lock file once, with the locked version", () => {
  const files = {
    [CI]: workflow("actions/checkout@v8", "actions/checkout@v8"),
    [LOCK]: lock(["actions/checkout@v7"], { "actions/checkout@v7": `sha1-${COMMIT}` }),
  };
  expect(detected(files).findings).toEqual([
    `error ${CI}:6 actions/checkout@v8 is not locked: ${LOCK} has actions/checkout@v7 for this workflow, and GitHub does not start it`,
  ]);
});

test("counts an action in a group of parallel steps as used", () => {
  const group = "      - parallel:\n          - uses: actions/setup-node@v6\n";
  const files = {
    [CI]: workflow("actions/checkout@v7") + group,
    [LOCK]: lock(["actions/checkout@v7"], { "actions/checkout@v7": `sha1-${COMMIT}` }),
  };
  expect(detected(files).findings).toEqual([
    `error ${CI}:8 actions/setup-node@v6 is not locked: ${LOCK} does not have it for this workflow, and GitHub does not start it`,
  ]);
});

test("warns about an unused locked action and about a missing workflow", () => {
  const two = lock(["actions/checkout@v7", "actions/cache@v5"], {
    "actions/checkout@v7": `sha1-${COMMIT}`,
    "actions/cache@v5": `sha1-${OTHER}`,
  });
  expect(detected({ [CI]: workflow("actions/checkout@v7"), [LOCK]: two }).findings).toEqual([
    `warning ${LOCK}:5 ${CI} no longer uses actions/cache@v5`,
  ]);
  expect(detected({ [LOCK]: two }).findings).toEqual([`warning ${LOCK}:4 ${LOCK} lists ${CI}, which does not exist`]);
});

test("reports a name without a commit, and a commit that differs from the ref, as errors", () => {
  const pins = [`actions/checkout@${COMMIT}`, "actions/cache@v5", "actions/labeler@v7"];
  const entries = { [`actions/checkout@${COMMIT}`]: `sha1-${OTHER}`, "actions/labeler@v7": "v7" };
  const inner = "        uses:\n            - 'swatinem/rust-cache@v2'";
  const { findings } = detected({ [CI]: workflow(...pins), [LOCK]: lock(pins, entries, inner) });
  expect(findings).toEqual([
    `error ${LOCK}:5 actions/cache@v5 has no entry below \`dependencies\`, so that no commit is locked for it`,
    `error ${LOCK}:10 actions/checkout@${COMMIT} is locked at another commit, ${OTHER}`,
    `error ${LOCK}:13 actions/labeler@v7 has no valid \`commit\`, expected \`sha1-<40 digits>\``,
    `error ${LOCK}:15 swatinem/rust-cache@v2 has no entry below \`dependencies\`, so that no commit is locked for it`,
  ]);
});

test("notes a workflow that the file does not list, since workflows are locked one by one", () => {
  const files = {
    [CI]: workflow("actions/checkout@v7"),
    ".github/workflows/docs.yml": workflow("actions/checkout@v6"),
    [LOCK]: lock(["actions/checkout@v7"], { "actions/checkout@v7": `sha1-${COMMIT}` }),
  };
  expect(detected(files)).toEqual({
    findings: [],
    notes: [`${LOCK} does not list .github/workflows/docs.yml: GitHub does not check which actions they use.`],
    unread: [],
  });
});

test("does not check an unknown format, and skips a broken file", () => {
  const text = lock(["actions/checkout@v7"], {}).replace("v0.0.2", "v1");
  expect(detected({ [CI]: workflow("actions/checkout@v8"), [LOCK]: text })).toEqual({
    findings: [],
    notes: [`${LOCK} has the version v1, which is not known here: it was not compared.`],
    unread: [],
  });
  expect(detected({ [CI]: workflow("actions/checkout@v8"), [LOCK]: "workflows: {}\n" }).notes).toEqual([
    `${LOCK} has no version, which is not known here: it was not compared.`,
  ]);
  expect(detected({ [CI]: workflow("actions/checkout@v8"), [LOCK]: "version: [" })).toEqual({
    findings: [],
    notes: [],
    unread: [LOCK],
  });
});
