// Written from the README of docker/metadata-action v6: rules of the types raw, ref and semver, the flavor, labels and
// annotations. What it takes from GitHub's API is taken from the environment.
const { appendFileSync } = require("node:fs");

const INPUTS = ["context", "images", "tags", "flavor", "labels", "annotations", "github-token"];
const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !INPUTS.includes(name));
if (unknown.length > 0) fail(`Unexpected input(s) ${unknown.join(", ")}`);
const { GITHUB_REF: ref = "", GITHUB_REPOSITORY: repository = "", GITHUB_SHA: sha = "" } = process.env;
const { GITHUB_SERVER_URL: server = "https://github.com" } = process.env;

const lines = (name) =>
  (process.env[`INPUT_${name.toUpperCase()}`] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
const attributes = (line) =>
  new Map(line.split(",").map((part) => [part.split("=")[0], part.slice(part.indexOf("=") + 1)]));
const sanitize = (tag) => tag.replace(/[^a-zA-Z0-9._-]+/g, "-");

const flavor = new Map([
  ["latest", "auto"],
  ["prefix", ""],
  ["suffix", ""],
]);
for (const line of lines("flavor")) {
  for (const [key, value] of attributes(line)) {
    if (!["latest", "prefix", "suffix", "onlatest"].includes(key)) fail(`Unknown flavor entry: ${line}`);
    flavor.set(key, value);
  }
}
const names = [];
let latest = flavor.get("latest") === "true";
for (const line of lines("tags")) {
  const rule = attributes(line);
  if (rule.get("enable") === "false") continue;
  const base = baseOf(rule, line);
  if (base === undefined) continue;
  if (rule.get("type") === "semver" && flavor.get("latest") === "auto") latest = true;
  names.push(
    `${rule.get("prefix") ?? flavor.get("prefix")}${sanitize(base)}${rule.get("suffix") ?? flavor.get("suffix")}`,
  );
}
if (latest) names.push(`${flavor.get("onlatest") === "true" ? flavor.get("prefix") : ""}latest`);
const tagNames = [...new Set(names)];

const described = {
  title: repository.split("/")[1],
  description: "",
  url: `${server}/${repository}`,
  source: `${server}/${repository}`,
  version: tagNames[0] ?? "",
  created: new Date().toISOString(),
  revision: sha,
  licenses: "",
};
const own = Object.entries(described).map(([key, value]) => `org.opencontainers.image.${key}=${value}`);
/** Merges lines `key=value`: the last value of a key wins. */
const merged = (more) => [...new Map([...own, ...more].map((line) => [line.split("=")[0], line])).values()].sort();
const levels = (process.env.DOCKER_METADATA_ANNOTATIONS_LEVELS || "manifest").split(",");

output("version", tagNames[0] ?? "");
output("tag-names", tagNames.join("\n"));
output(
  "tags",
  lines("images")
    .flatMap((image) => tagNames.map((tag) => `${image.toLowerCase()}:${tag}`))
    .join("\n"),
);
output("labels", merged(lines("labels")).join("\n"));
output(
  "annotations",
  levels.flatMap((level) => merged(lines("annotations")).map((line) => `${level}:${line}`)).join("\n"),
);

function baseOf(rule, line) {
  const type = rule.get("type");
  if (type === "raw") return rule.get("value");
  if (type === "ref") {
    if (rule.get("event") === "branch") return /^refs\/heads\/(.+)/.exec(ref)?.[1];
    if (rule.get("event") === "tag") return /^refs\/tags\/(.+)/.exec(ref)?.[1];
    if (rule.get("event") === "pr") return /^refs\/pull\/(\d+)/.exec(ref)?.[1].replace(/^/, "pr-");
  }
  if (type === "semver") {
    const [, version, major, minor] = /^refs\/tags\/v?((\d+)\.(\d+)\.\d+\S*)$/.exec(ref) ?? [];
    if (version === undefined) return undefined;
    return rule.get("pattern").replace("{{version}}", version).replace("{{major}}", major).replace("{{minor}}", minor);
  }
  return fail(`Unknown tag type attribute: ${line}`);
}

function output(name, value) {
  appendFileSync(process.env.GITHUB_OUTPUT, `${name}<<END_OF_METADATA\n${value}\nEND_OF_METADATA\n`);
}

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
