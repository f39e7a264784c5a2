import { describe, expect, test } from "@jest/globals";
import { VersionError } from "@release-actions/channel";
import { JsonError } from "@release-actions/json";
import { makeManifest } from "./manifest-fixture.ts";
import { PlanError } from "./plan.ts";
import {
  archiveFor,
  archivesOf,
  artifactsOf,
  downloadUrl,
  formulaeOf,
  releaseOf,
  requireTag,
  versionOf,
} from "./questions.ts";
import { MAX_MANIFEST_BYTES, readPlan } from "./read.ts";

type Json = Record<string, unknown>;

/** The manifest with the value at `path` (such as `releases/0/app_version`) replaced; `undefined` removes it. */
function changed(path: string, value: unknown, base: Json = makeManifest()): string {
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Json>((at, key) => at[key] as Json, base);
  parent[last] = value;
  return JSON.stringify(base);
}

const ARCHIVE = "widget-x86_64-unknown-linux-gnu.tar.xz";

describe("readPlan", () => {
  const plan = readPlan(JSON.stringify(makeManifest({ apps: ["widget", "widget-server"] })));

  test("returns the data that a publisher needs", () => {
    const release = releaseOf(plan, "widget");
    expect(plan).toMatchObject({ tag: "v1.2.3", tagIsImplicit: false, isPrerelease: false });
    expect(versionOf(plan).text).toBe("1.2.3");
    expect(archivesOf(release).map((archive) => archive.targets[0])).toHaveLength(4);
    expect(archiveFor(release, "x86_64-unknown-linux-gnu")?.name).toBe(ARCHIVE);
    expect(archiveFor(release, "x86_64-pc-windows-msvc")).toBeUndefined();
    expect(archivesOf(release)[0]?.programs).toEqual(["widget"]);
    expect(formulaeOf(release).map((formula) => formula.name)).toEqual(["widget.rb"]);
    expect(downloadUrl(release, ARCHIVE)).toBe(`https://github.com/acme/widget/releases/download/v1.2.3/${ARCHIVE}`);
    expect(artifactsOf(plan).filter((artifact) => artifact.name === "sha256.sum")).toHaveLength(1);
  });

  test("requires the name of an app when there are several, and lists them for an unknown name", () => {
    expect(() => releaseOf(plan)).toThrow("the plan releases widget, widget-server: name one of them");
    expect(() => releaseOf(plan, "gadget")).toThrow("the plan does not release gadget, only widget, widget-server");
  });

  test("refuses to return one version when the apps have different ones", () => {
    const manifest = makeManifest({ apps: ["widget", "server"], tag: "v1.0.0-FAKEVER" });
    manifest["announcement_tag_is_implicit"] = true;
    const plan = readPlan(changed("releases/1/app_version", "0.9.0", manifest));
    expect(() => versionOf(plan)).toThrow("the plan has several versions: widget 1.2.3, server 0.9.0");
  });

  test("accepts a display name with a space, and a release without artifacts", () => {
    const manifest = makeManifest();
    manifest["releases"] = [{ app_name: "widget", app_version: "1.2.3", display_name: "The Widget", display: true }];
    delete manifest["artifacts"];
    const release = releaseOf(readPlan(JSON.stringify(manifest)));
    expect(release).toMatchObject({ displayName: "The Widget", artifacts: [], hosting: undefined });
    expect(archivesOf(release)).toEqual([]);
  });

  test("accepts unknown kinds of artifact, and keys of newer versions", () => {
    const manifest = makeManifest();
    manifest["new_feature"] = { enabled: true };
    const plan = readPlan(changed(`artifacts/${ARCHIVE}.sha256/kind`, "quantum-seal", manifest));
    expect(releaseOf(plan).artifacts.find((artifact) => artifact.name === `${ARCHIVE}.sha256`)?.kind).toBe(
      "quantum-seal",
    );
  });

  test("reads a hotfix and a pre-release", () => {
    expect(versionOf(readPlan(JSON.stringify(makeManifest({ version: "1.7.4+hotfix.1" })))).build).toBe("hotfix.1");
    expect(readPlan(JSON.stringify(makeManifest({ version: "1.8.0-rc.1" }))).isPrerelease).toBe(true);
  });

  test.each<[name: string, manifest: string, error: new (...args: never[]) => Error, message: string]>([
    ["an empty text", "", JsonError, "the plan is empty"],
    ["no releases", "{}", PlanError, "has no `releases`"],
    ["releases that are not a list", '{"releases":{}}', JsonError, "`releases` is an object, expected a list"],
    [
      "artifacts null while a release lists some",
      changed("artifacts", null),
      PlanError,
      "which is not among `artifacts`",
    ],
    [
      "an artifact that is listed but not defined",
      changed(`artifacts/${ARCHIVE}`, undefined),
      PlanError,
      `lists the artifact "${ARCHIVE}"`,
    ],
    [
      "two releases of one app",
      JSON.stringify(makeManifest({ apps: ["widget", "widget"] })),
      PlanError,
      "releases the app widget twice",
    ],
    [
      "a version with shell characters",
      changed("releases/0/app_version", "1.2.3;id"),
      VersionError,
      'the version of widget is "1.2.3;id"',
    ],
    [
      "a version with Ruby interpolation",
      changed("releases/0/app_version", "1.2.3#{`id`}"),
      VersionError,
      "expected a semantic version",
    ],
    [
      "an app name that is a path",
      changed("releases/0/app_name", "../widget"),
      PlanError,
      "is not a valid name of a package",
    ],
    ["a missing app name", changed("releases/0/app_name", undefined), JsonError, "`releases[0].app_name` is absent"],
    ["a text over 1 MiB", `{"x":"${"x".repeat(MAX_MANIFEST_BYTES)}"}`, JsonError, "expected at most 1.05 MB"],
    [
      "a pre-release flag on a full version",
      changed("announcement_is_prerelease", true),
      PlanError,
      "announces a pre-release, but the tag v1.2.3",
    ],
    [
      "a pre-release without its flag",
      changed("announcement_is_prerelease", false, makeManifest({ version: "1.2.3-rc.1" })),
      PlanError,
      "announces a full release, but",
    ],
    [
      "a missing checksum artifact",
      changed(`artifacts/${ARCHIVE}/checksum`, "gone.sha256"),
      PlanError,
      "has its checksum in gone.sha256",
    ],
    ["an archive without a target", changed(`artifacts/${ARCHIVE}/target_triples`, []), PlanError, "names no target"],
    [
      "a target named twice",
      changed(`artifacts/${ARCHIVE}/target_triples`, ["a", "a"]),
      PlanError,
      "names the target a twice",
    ],
    [
      "two archives for one target",
      changed(`artifacts/${ARCHIVE}/target_triples`, ["x86_64-apple-darwin"]),
      PlanError,
      "has two archives for x86_64-apple-darwin",
    ],
    [
      "a tag of another version",
      changed("announcement_tag", "v1.2.4"),
      PlanError,
      "announces the tag v1.2.4, but releases widget 1.2.3",
    ],
    ["a tag without a version", changed("announcement_tag", "latest"), PlanError, "which contains no version"],
    [
      "a checksum in upper case",
      changed(`artifacts/${ARCHIVE}/checksums`, { sha256: "A".repeat(64) }),
      PlanError,
      "expected 64 lowercase hex characters",
    ],
  ])("refuses %s", (_name, manifest, error, message) => {
    expect(() => readPlan(manifest)).toThrow(error);
    expect(() => readPlan(manifest)).toThrow(message);
  });

  test.each(["a/b.tar.xz", "..", "../a", "a\nb", "-rf", "a b.tar.xz", "a::b", ""])(
    "refuses the artifact name %j",
    (name) => {
      const manifest = makeManifest();
      const artifacts = manifest["artifacts"] as Json;
      artifacts[name] = { name, kind: "extra-artifact" };
      expect(() => readPlan(JSON.stringify(manifest))).toThrow(/not a file name|expected a string that is not empty/);
    },
  );
});

describe("requireTag", () => {
  const plan = readPlan(JSON.stringify(makeManifest()));

  test("accepts the announced tag, and a run without a tag", () => {
    expect(() => requireTag(plan, "v1.2.3")).not.toThrow();
    expect(() => requireTag(plan, undefined)).not.toThrow();
  });

  test("stops a run for another tag", () => {
    expect(() => requireTag(plan, "v1.2.4")).toThrow(
      "the workflow runs for the tag v1.2.4, but the plan announces v1.2.3",
    );
  });
});
