import { chmodSync } from "node:fs";
import path from "node:path";
import { FileTree } from "@release-actions/example-product";
import { git } from "../../../scripts/release/git.ts";
import { handOver } from "../../../scripts/release/hand-over.ts";
import { type Options, type Outcome, publish, withPrepared } from "../../../scripts/release/publish.ts";

const CHANGESETS = path.resolve(import.meta.dirname, "../../../node_modules/@changesets/cli/bin.js");

/** A minimal bundler: it puts the shared package in front of each main file that depends on it. */
const BOOTSTRAP = `
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
for (const file of globSync("actions/*/src/main.js")) {
  const dist = file.replace("src/main.js", "dist");
  mkdirSync(dist, { recursive: true });
  const manifest = readFileSync(file.replace("src/main.js", "package.json"), "utf8");
  const shared = manifest.includes("@org/shared") ? readFileSync("packages/shared/shared.js", "utf8") : "";
  writeFileSync(dist + "/index.js", shared + readFileSync(file, "utf8"));
}
`;

const WORKFLOW = `name: Call me
on:
  workflow_call:
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789 # v9.9.9
      - uses: $/actions/alpha
        with: { greeting: hello }
`;

/** A repository shaped like ours, with two actions on one package, and the bare remote it is published to. */
export class Product implements Disposable {
  readonly tree = new FileTree();
  readonly root = this.tree.path("work");
  readonly remote = this.tree.path("remote.git");

  static async create(files: Readonly<Record<string, string>> = {}): Promise<Product> {
    const product = new Product();
    const all = { ...productFiles(), ...files };
    for (const [name, content] of Object.entries(all)) product.tree.write(`work/${name}`, content);
    await git(product.tree.root, ["init", "--quiet", "--bare", "--initial-branch=main", product.remote]);
    await git(product.root, ["init", "--quiet", "--initial-branch=main"]);
    await git(product.root, ["remote", "add", "origin", product.remote]);
    await product.commit("first");
    await git(product.root, ["push", "--quiet", "origin", "main"]);
    return product;
  }

  /** Writes files and commits them together with whatever else changed. */
  async commit(message: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const [name, content] of Object.entries(files)) this.tree.write(`work/${name}`, content);
    await git(this.root, ["add", "--all"]);
    const who = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
    await git(this.root, [...who, "commit", "--quiet", "--message", message]);
  }

  publish(options: Partial<Options> = {}): Promise<Outcome> {
    return publish({ ...this.#options(), ...options });
  }

  /** Prepares a release in a folder, as the jobs without permission to push do. */
  async prepare(folder: string): Promise<void> {
    await withPrepared(this.#options(), async (prepared) => {
      await handOver(prepared, this.root, folder);
    });
  }

  #options(): Options {
    return {
      root: this.root,
      remote: "origin",
      dryRun: false,
      sourceBranch: "main",
      releaseBranch: "release",
      changesets: CHANGESETS,
      isTested: () => true,
      say: () => undefined,
    };
  }

  /** Pulls what the release pushed to main into the working copy. */
  async pull(): Promise<void> {
    await git(this.root, ["pull", "--quiet", "--ff-only", "origin", "main"]);
  }

  async remoteRefs(): Promise<Record<string, string>> {
    const listing = await git(this.remote, ["for-each-ref", "--format=%(refname) %(objectname)"]);
    return Object.fromEntries(
      listing
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split(" ")),
    );
  }

  /**
   * From now on the remote refuses a push that adds, changes or removes a workflow file, unless a branch already has
   * that content: as GitHub does with `GITHUB_TOKEN`, which has no permission for workflows.
   */
  refuseNewWorkflowFiles(): void {
    const hook = `#!/bin/sh
# githooks(5), pre-receive: one line "<old> <new> <ref>" for each ref.
on_branches=$(for branch in $(git for-each-ref --format='%(refname)' refs/heads); do
  git ls-tree -r "$branch" .github/workflows/ | cut -d' ' -f3-
done)
while read -r old new ref; do
  case $new in *[!0]*) ;; *) continue ;; esac
  for commit in $(git rev-list "$new" --not --all); do
    parents=$(git rev-list --parents -n 1 "$commit" | cut -d' ' -f2-)
    files=$(git ls-tree -r "$commit" .github/workflows/ | cut -d' ' -f3-)
    [ -n "$files" ] || { for parent in $parents; do
      [ -z "$(git ls-tree -r "$parent" .github/workflows/)" ] || { echo "refusing to delete workflows in $commit" >&2; exit 1; }
    done; continue; }
    echo "$files" | while read -r file; do
      echo "$on_branches" | grep -qxF "$file" || { echo "refusing to allow $ref to create or update $file" >&2; exit 1; }
    done || exit 1
  done
done
`;
    this.tree.write("remote.git/hooks/pre-receive", hook);
    chmodSync(this.tree.path("remote.git/hooks/pre-receive"), 0o755);
  }

  /** A file as released at a tag. */
  show(ref: string, file: string): Promise<string> {
    return git(this.remote, ["show", `${ref}:${file}`]);
  }

  [Symbol.dispose](): void {
    this.tree[Symbol.dispose]();
  }
}

/** A changeset that raises the versions of some actions, such as `{ alpha: "minor" }`. */
export function changeset(bumps: Readonly<Record<string, "major" | "minor" | "patch">>, text: string): string {
  const lines = Object.entries(bumps).map(([name, bump]) => `"@org/${name}": ${bump}`);
  return `---\n${lines.join("\n")}\n---\n\n${text}\n`;
}

function productFiles(): Record<string, string> {
  return {
    "package.json": json({ name: "@org/root", version: "0.0.0", private: true, repository: "org/actions" }),
    "pnpm-workspace.yaml": "packages:\n  - actions/*\n  - packages/*\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    ".gitignore": "dist/\n.work/\n",
    "README.md": "# Product\n\n[alpha](actions/alpha/README.md)\n\n`uses: org/actions/alpha@v1`\n",
    LICENSE: "MIT\n",
    ".changeset/config.json": json({
      changelog: "@changesets/cli/changelog",
      baseBranch: "main",
      privatePackages: { version: true, tag: false },
    }),
    ".changeset/first.md": changeset({ alpha: "major", beta: "major" }, "The first release."),
    ".github/workflows/call-me.yml": WORKFLOW,
    ".github/workflows/ci.yml": "name: CI\non: push\njobs: {}\n",
    "scripts/bootstrap.mjs": BOOTSTRAP,
    "packages/shared/package.json": json({ name: "@org/shared", version: "0.0.0", private: true }),
    "packages/shared/shared.js": "// shared\n",
    ...action("alpha", { "@org/shared": "workspace:*" }),
    ...action("beta", {}),
  };
}

function action(name: string, dependencies: Record<string, string>): Record<string, string> {
  const manifest = { name: `@org/${name}`, version: "0.0.0", private: true, dependencies };
  return {
    [`actions/${name}/package.json`]: json(manifest),
    [`actions/${name}/action.yml`]: `name: ${name}\ndescription: d\nruns:\n  using: node24\n  main: dist/index.js\n`,
    [`actions/${name}/README.md`]: `# ${name}\n\n\`uses: org/actions/${name}@v1\`\n`,
    [`actions/${name}/src/main.js`]: `console.log(${JSON.stringify(name)});\n`,
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
