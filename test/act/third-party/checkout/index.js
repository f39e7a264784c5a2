// Written from action.yml and README of actions/checkout v6.
const { execFileSync } = require("node:child_process");
const { cpSync, existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

const metadata = readFileSync(path.join(__dirname, "action.yml"), "utf8");
const known = [...metadata.matchAll(/^ {2}([a-z-]+): \{/gm)].map(([, name]) => name);
const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !known.includes(name));
if (unknown.length > 0) fail(`Unexpected input(s) ${unknown.join(", ")}`);

const repository = process.env["INPUT_REPOSITORY"] ?? "";
if (!/^[^/]+\/[^/]+$/.test(repository)) fail(`Invalid repository '${repository}'. Expected format {owner}/{repo}.`);
const source = path.join(process.env["CHECKOUT_REPOSITORIES"] ?? "", repository);
if (!existsSync(source)) fail("repository not found");
const workspace = process.env["GITHUB_WORKSPACE"] ?? ".";
const [ref, submodules] = [process.env["INPUT_REF"] ?? "", (process.env["INPUT_SUBMODULES"] ?? "false").toLowerCase()];
if (existsSync(path.join(source, ".git"))) checkOut();
else cpSync(source, workspace, { recursive: true });
console.log(`checked out ${repository}${ref === "" ? "" : ` at ${ref}`}`);

/** Checks out the commit from a real repository, and the submodules that the input asks for. */
function checkOut() {
  const git = (...args) => execFileSync("git", ["-c", "protocol.file.allow=always", ...args], { cwd: workspace });
  git("init", "--quiet");
  git("fetch", "--quiet", "--no-tags", "--depth=1", source, ref === "" ? "HEAD" : ref);
  git("checkout", "--quiet", "--force", "FETCH_HEAD");
  const recursive = submodules === "recursive" ? ["--recursive"] : [];
  if (submodules !== "false") git("submodule", "update", "--quiet", "--init", ...recursive);
}

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
