// Written from actions/attest v4: exactly one kind of subject, a name with each digest, and a login for a push.
const { readFileSync } = require("node:fs");
const { homedir } = require("node:os");
const path = require("node:path");

const INPUTS = [
  ...["subject-path", "subject-digest", "subject-name", "subject-checksums", "predicate-type", "predicate"],
  ...["predicate-path", "sbom-path", "push-to-registry", "create-storage-record", "show-summary", "github-token"],
];
const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !INPUTS.includes(name));
if (unknown.length > 0) fail(`Unexpected input(s) ${unknown.join(", ")}`);
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? "").trim();

const subjects = ["subject-path", "subject-digest", "subject-checksums"].filter((name) => input(name) !== "");
if (subjects.length !== 1) fail("One of subject-path, subject-digest, or subject-checksums must be provided");
const [name, digest, push] = [input("subject-name"), input("subject-digest"), input("push-to-registry")];
if (!["true", "false"].includes(push))
  fail(`Input does not meet YAML 1.2 "Core Schema" specification: push-to-registry`);
if (digest !== "" && name === "") fail("subject-name must be provided when using subject-digest");
if (digest !== "" && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
  fail('subject-digest must be in the format "sha256:<hex-digest>"');
}
if (push === "true") {
  if (digest === "") fail("subject-digest must be provided when push-to-registry is true");
  // Its library (@sigstore/oci, credentials.ts) does not read DOCKER_CONFIG.
  const { auths = {} } = JSON.parse(readFileSync(path.join(homedir(), ".docker/config.json"), "utf8"));
  if (!(name.split("/")[0] in auths)) fail(`No credentials found for ${name.split("/")[0]}`);
}
console.log(`attested ${name} ${digest}${push === "true" ? ", and pushed" : ""}`);

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
