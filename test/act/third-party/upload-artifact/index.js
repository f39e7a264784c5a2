// Written from the README of actions/upload-artifact v7.
const { globSync, statSync } = require("node:fs");

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
const patterns = input("path")
  .split("\n")
  .flatMap((line) => [line.trim(), `${line.trim()}/**/*`]);
const files = globSync(patterns)
  .filter((file) => statSync(file).isFile())
  .sort();
if (files.length === 0 && missing === "error") fail("No files were found with the provided path");
console.log(`uploading ${input("name")}: ${files.join(" ") || "nothing"}`);

function fail(message) {
  console.log(`::error::${message}`);
  process.exit(1);
}
