import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseDropTargets, readPlan } from "@release-actions/dist-plan";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { hasExtrasOnly, missingArchives, versionsOf } from "./check-plan.ts";
import { readDistConfig } from "./dist-config.ts";

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(path.join(tmpdir(), "plan-"));
});
afterEach(() => rmSync(workspace, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
}

const MSVC = "x86_64-pc-windows-msvc";
const CONFIG = `[dist]
cargo-dist-version = '0.34.0'
targets = [
  "aarch64-apple-darwin",
  '${MSVC}',
]
`;
const plan = readPlan(JSON.stringify(makeManifest({ apps: ["widget", "widget-server"] })));
const none = parseDropTargets([]);

async function missing(files: Readonly<Record<string, string>>, dropped = none): Promise<string[]> {
  write(files);
  const found = missingArchives(plan, await readDistConfig(workspace, undefined), dropped);
  return found.map(({ app, target }) => `${target.location.file}:${target.location.line}: ${app} ${target.value}`);
}

describe("missingArchives", () => {
  test.each([
    ["dist-workspace.toml", CONFIG, 5],
    ["dist.toml", CONFIG, 5],
    ["Cargo.toml", CONFIG.replace("[dist]", "[workspace.metadata.dist]"), 5],
    ["Cargo.toml", CONFIG.replace("[dist]", "[package.metadata.dist]"), 5],
  ])("reports each app that lacks a target, at the target's line in %s", async (file, text, line) => {
    expect(await missing({ [file]: text })).toEqual([
      `${file}:${line}: widget ${MSVC}`,
      `${file}:${line}: widget-server ${MSVC}`,
    ]);
  });

  test("uses an app's own targets, from its Cargo.toml or from a dist.toml beside it", async () => {
    const own = (name: string, target: string): string =>
      `[package]\nname = "${name}"\n[package.metadata.dist]\ntargets = ["${target}"]\n`;
    const files = {
      "dist-workspace.toml": CONFIG,
      "cli/Cargo.toml": own("widget", "x86_64-unknown-linux-gnu"),
      "server/Cargo.toml": '[package]\nname = "widget-server"\n',
      "server/dist.toml": '[dist]\ntargets = ["aarch64-unknown-linux-musl", "s390x-unknown-linux-gnu"]\n',
      "target/package/x/Cargo.toml": own("widget", MSVC),
    };
    expect(await missing(files)).toEqual(["server/dist.toml:2: widget-server s390x-unknown-linux-gnu"]);
  });

  test("does not report targets that were dropped on purpose", async () => {
    const files = { "dist-workspace.toml": CONFIG };
    expect(await missing(files, parseDropTargets(["win32-x64"]))).toEqual([]);
    expect(await missing(files, parseDropTargets([`widget-server:${MSVC}`]))).toEqual([
      `dist-workspace.toml:5: widget ${MSVC}`,
    ]);
  });

  test("does not report an app that only has extra artifacts", async () => {
    const base = makeManifest({ apps: ["widget", "docs"] });
    const releases = (base["releases"] as { app_name: string }[]).map((one) =>
      one.app_name === "docs" ? { ...one, artifacts: ["manual.pdf"] } : one,
    );
    const artifacts = {
      ...(base["artifacts"] as object),
      "manual.pdf": { name: "manual.pdf", kind: "extra-artifact" },
    };
    const extras = readPlan(JSON.stringify({ ...base, releases, artifacts }));
    expect(extras.releases.map(hasExtrasOnly)).toEqual([false, true]);
    write({ "dist-workspace.toml": '[dist]\ntargets = ["aarch64-apple-darwin"]\n' });
    expect(missingArchives(extras, await readDistConfig(workspace, undefined), none)).toEqual([]);
  });
});

test("reads the version of cargo-dist from a literal string", async () => {
  write({ "dist-workspace.toml": CONFIG });
  expect((await readDistConfig(workspace, undefined)).distVersion).toBe("0.34.0");
});

test("names every app's version when the versions differ", () => {
  const base = makeManifest({ apps: ["widget", "server"] });
  const releases = (base["releases"] as object[]).map((one, index) => ({
    ...one,
    app_version: index === 0 ? "1.2.3" : "0.9.0",
  }));
  const several = readPlan(
    JSON.stringify({
      ...base,
      releases,
      announcement_tag: "v1.0.0-FAKEVER",
      announcement_tag_is_implicit: true,
      announcement_is_prerelease: true,
    }),
  );
  expect(versionsOf(several)).toBe("widget 1.2.3, server 0.9.0");
  expect(versionsOf(plan)).toBe("1.2.3");
});
