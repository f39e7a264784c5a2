// Written from the README of actions/download-artifact v8; only artifacts of the current run.
const { execFileSync } = require("node:child_process");
const { homedir } = require("node:os");
const path = require("node:path");

const INPUTS = [
  "name",
  "artifact-ids",
  "path",
  "pattern",
  "merge-multiple",
  "github-token",
  "repository",
  "run-id",
  "skip-decompress",
  "digest-mismatch",
];

const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !INPUTS.includes(name));
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? "").trim();

if (unknown.length > 0) fail(`Unexpected input(s) ${unknown.join(", ")}`);
const name = input("name");
const { artifacts } = client({ do: "list", options: { latest: true } });
const wanted = artifacts.filter((artifact) =>
  name === "" ? path.matchesGlob(artifact.name, input("pattern") || "*") : artifact.name === name,
);
if (name !== "" && wanted.length === 0) fail(`Unable to download artifact(s): Artifact not found for name: ${name}`);
const folder = path.resolve(input("path").replace(/^~/, homedir()));
for (const artifact of wanted) {
  const isFlat = name !== "" || input("merge-multiple") === "true";
  client({ do: "download", id: artifact.id, options: { path: isFlat ? folder : path.join(folder, artifact.name) } });
  console.log(`downloaded ${artifact.name} to ${folder}`);
}

function client(request) {
  try {
    const script = process.env.STAND_IN_ARTIFACT_CLIENT;
    const output = execFileSync(process.execPath, [script, JSON.stringify(request)], {
      stdio: "pipe",
      encoding: "utf8",
    });
    return JSON.parse(output.trimEnd().split("\n").at(-1));
  } catch (error) {
    return fail(`${error.stdout}${error.stderr}`);
  }
}

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
