// A stand-in for xcrun with notarytool and stapler, written from their help and from "Customizing the
// notarization workflow". It records its arguments, and exits with 0 on the status Invalid, as the real one does.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { behaviour, fail, happens, load, option, readKeychain, recordCall, save, writeKeychain } from "./state.ts";

interface Submission {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  polls: number;
}

const call = recordCall("xcrun", process.argv.slice(2));
const [tool, command, subject = "", ...rest] = call.args;
if (tool === "--find") console.log(`/Applications/Xcode.app/Contents/Developer/usr/bin/${command}`);
else if (tool === "stapler" && command === "staple") staple(subject);
else if (tool !== "notarytool") fail(72, `xcrun: error: unable to find utility "${tool}"`);
else if (command === "store-credentials") storeCredentials(subject, rest);
else {
  requireProfile(rest);
  if (command === "submit") submit(subject, rest);
  else if (command === "info") info(subject);
  else if (command === "log") log(subject);
  else fail(64, `Error: Unexpected argument '${command}'`);
}

/** Prints the answer as JSON, with the other lines that a system may print around it. */
function print(answer: unknown): void {
  const [before = "", after = ""] = behaviour().noise ?? [];
  process.stdout.write(`${before}${JSON.stringify(answer)}\n${after}`);
}

function storeCredentials(profile: string, args: readonly string[]): void {
  const [failure, ...others] = load("store-failures.json", behaviour().storeFailures ?? []);
  if (failure !== undefined) {
    save("store-failures.json", others);
    fail(69, failure);
  }
  const file = option(args, "--keychain") ?? "";
  const keychain = readKeychain(file);
  if (keychain?.unlocked !== true) fail(65, "Error: The keychain could not be opened.");
  const key = option(args, "--key");
  if (key === undefined) {
    if (option(args, "--apple-id") === undefined || option(args, "--team-id") === undefined)
      fail(64, "Error: Missing argument");
    const password = option(args, "--password") ?? call.stdin.trim();
    if (password !== behaviour().password)
      fail(69, "Error: HTTP status code: 401. Invalid credentials. Username or password is incorrect.");
  } else if (!existsSync(key) || !readFileSync(key, "utf8").includes("PRIVATE KEY"))
    fail(65, "Error: invalidPEMDocument");
  writeKeychain(file, { ...keychain, profiles: [...keychain.profiles, profile] });
  console.log("Credentials saved to Keychain.");
}

function requireProfile(args: readonly string[]): void {
  const keychain = readKeychain(option(args, "--keychain") ?? "");
  const profile = option(args, "--keychain-profile") ?? "";
  if (keychain?.profiles.includes(profile) !== true)
    fail(69, `Error: No Keychain password item found for profile: ${profile}`);
}

function submit(file: string, args: readonly string[]): void {
  if (!/\.(zip|dmg|pkg)$/.test(file)) fail(65, `Error: ${file} must be a zip archive, disk image or flat package.`);
  const failures = load("failures.json", behaviour().failures ?? []);
  const [failure, ...others] = failures;
  if (failure !== undefined) {
    save("failures.json", others);
    fail(69, failure);
  }
  const id = randomUUID();
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  const submissions = load<Submission[]>("submissions.json", []);
  save("submissions.json", [...submissions, { id, name: path.basename(file), sha256, polls: 0 }]);
  if (option(args, "--output-format") === "json") print({ message: "Successfully uploaded file", id, path: file });
}

function find(id: string): Submission {
  const found = load<Submission[]>("submissions.json", []).find((submission) => submission.id === id);
  return found ?? fail(69, `Error: HTTP status code: 404. Submission does not exist or does not belong to your team.`);
}

function info(id: string): void {
  const submission = find(id);
  const statuses = behaviour().statuses ?? ["Accepted"];
  const status = statuses[Math.min(submission.polls, statuses.length - 1)];
  const others = load<Submission[]>("submissions.json", []).filter((other) => other.id !== id);
  save("submissions.json", [...others, { ...submission, polls: submission.polls + 1 }]);
  const createdDate = "2026-01-01T00:00:00.000Z";
  print({ message: "Successfully received submission info", createdDate, id, status, name: submission.name });
  process.exitCode = behaviour().infoExitCode ?? 0;
}

function log(id: string): void {
  const { name, sha256 } = find(id);
  if (happens("missing-logs", behaviour().missingLogs ?? 0))
    fail(
      69,
      "Error: HTTP status code: 404. The requested resource does not exist. Submission log is not yet available",
    );
  const status = behaviour().statuses?.at(-1) ?? "Accepted";
  const answer = { logFormatVersion: 1, jobId: id, status, archiveFilename: name, sha256 };
  print({ ...answer, ticketContents: [], issues: null, ...behaviour().log });
}

function staple(file: string): void {
  if (!/\.(dmg|pkg|app)$/.test(file)) fail(66, `Stapler is incapable of working with ${path.extname(file)} files.`);
  if (happens("missing-tickets", behaviour().missingTickets ?? 0))
    fail(
      65,
      'CloudKit query for Tool.dmg failed due to "Record not found".\nCould not find base64 encoded ticket in response.\nThe staple and validate action failed! Error 65.',
    );
  console.log("The staple and validate action worked!");
}
