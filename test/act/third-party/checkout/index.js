// Written from action.yml and README of actions/checkout v6.
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
cpSync(source, process.env["GITHUB_WORKSPACE"] ?? ".", { recursive: true });
console.log(`checked out ${repository}`);

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
