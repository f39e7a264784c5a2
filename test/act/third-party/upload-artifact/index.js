// Written from the README of actions/upload-artifact v7.
const { execFileSync } = require("node:child_process");
const { globSync, statSync } = require("node:fs");
const { homedir } = require("node:os");
const path = require("node:path");

const INPUTS = [
  "name",
  "path",
  "if-no-files-found",
  "retention-days",
  "compression-level",
  "overwrite",
  "include-hidden-files",
  "archive",
];

const given = Object.keys(process.env).filter((name) => name.startsWith("INPUT_"));
const unknown = given.map((name) => name.slice("INPUT_".length).toLowerCase()).filter((name) => !INPUTS.includes(name));
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
const missing = input("if-no-files-found");

if (unknown.length > 0) fail(`Unexpected input(s) ${unknown.join(", ")}`);
if (input("path") === "") fail("Input required and not supplied: path");
if (!["warn", "error", "ignore"].includes(missing)) fail(`Unrecognized if-no-files-found input ${missing}`);
const places = input("path")
  .split("\n")
  .map((line) => path.resolve(line.trim().replace(/^~/, homedir())));
const files = [...new Set(places.flatMap(filesAt))].sort();
if (files.length === 0 && missing === "error") fail("No files were found with the provided path");
console.log(
  `uploading ${input("name")}: ${files.map((file) => path.relative(process.cwd(), file)).join(" ") || "nothing"}`,
);
if (files.length > 0 && process.env.STAND_IN_ARTIFACT_CLIENT !== undefined) {
  if (input("overwrite") === "true") client({ do: "delete", name: input("name") }, true);
  client({ do: "upload", name: input("name"), files, root: rootOf(places) });
}

function filesAt(place) {
  const isHidden = (file) => path.basename(file).startsWith(".") && input("include-hidden-files") !== "true";
  return globSync([place, `${place}/**/*`]).filter((file) => statSync(file).isFile() && !isHidden(file));
}

/** The root of the uploaded paths: a folder that is the only path, else the deepest folder that all paths share. */
function rootOf(all) {
  const [first = "", ...others] = all.map((place) => place.replace(/\/[^/]*\*.*$/, ""));
  if (others.length === 0) return statSync(first).isFile() ? path.dirname(first) : first;
  const parts = path.dirname(first).split("/");
  while (others.some((place) => !`${place}/`.startsWith(`${parts.join("/")}/`))) parts.pop();
  return parts.join("/");
}

function client(request, mayFail = false) {
  try {
    execFileSync(process.execPath, [process.env.STAND_IN_ARTIFACT_CLIENT, JSON.stringify(request)], { stdio: "pipe" });
  } catch (error) {
    if (!mayFail) fail(`${error.stdout}${error.stderr}`);
  }
}

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
