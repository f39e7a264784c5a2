// Written from the README and action.yml of docker/setup-buildx-action v4.
const { execFileSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const path = require("node:path");

const metadata = readFileSync(path.join(__dirname, "action.yml"), "utf8").split("outputs:")[0];
const known = [...metadata.matchAll(/^ {2}([a-z-]+): \{/gm)].map(([, name]) => name);
const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.log(`::error::Unexpected input(s) ${unknown.join(", ")}`);
  process.exit(1);
}
execFileSync("docker", ["buildx", "version"], { stdio: "inherit" });
