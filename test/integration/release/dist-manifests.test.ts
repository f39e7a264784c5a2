import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  archivesOf,
  artifactsOf,
  checksumsOf,
  downloadUrl,
  formulaeOf,
  readChecksumFile,
  readPlan,
  releaseOf,
  requireTag,
  versionOf,
} from "@release-actions/dist-plan";
import { describeWith } from "../../parts.ts";
import { Widget, type WidgetRelease } from "../../release/widget.ts";

const MINUTES = 60_000;

describeWith(["dist", "cargo"], "manifests of the real cargo-dist", () => {
  const widget = new Widget();
  let release: WidgetRelease;
  beforeAll(async () => {
    release = await widget.release("1.2.3");
  }, 5 * MINUTES);
  afterAll(() => widget[Symbol.dispose]());

  test("a plan has everything that publishers need", () => {
    const plan = readPlan(release.plan);
    expect(plan).toMatchObject({ distVersion: "0.34.0", tag: "v1.2.3", tagIsImplicit: false, isPrerelease: false });
    expect(versionOf(plan).text).toBe("1.2.3");
    expect(plan.releases.map(({ app }) => app)).toEqual(["widget", "widget-server"]);
    const server = releaseOf(plan, "widget-server");
    expect(formulaeOf(server).map(({ name }) => name)).toEqual(["widget-server.rb"]);
    expect(archivesOf(server).flatMap(({ targets }) => targets)).toHaveLength(5);
    expect(archivesOf(server)[0]?.programs).toContain("widget-server");
    expect(downloadUrl(server, "sha256.sum")).toBe(
      "https://github.com/acme/widget/releases/download/v1.2.3/sha256.sum",
    );
    expect(artifactsOf(plan).map(({ kind }) => kind)).toContain("installer");
    expect(() => requireTag(plan, "v1.2.4")).toThrow("announces v1.2.3");
  });

  test("a plan has no checksums; the host manifest and the list of checksums have them, and agree", () => {
    expect(checksumsOf(readPlan(release.plan)).size).toBe(0);
    const hosted = checksumsOf(readPlan(release.host));
    const listed = readChecksumFile(release.files.get("sha256.sum")?.toString() ?? "", "sha256.sum");
    expect(hosted.size).toBe(10);
    expect([...listed].sort()).toEqual([...hosted].sort());
  });

  test.each([
    ["1.3.0-rc.1", true],
    ["1.2.3+hotfix.1", false],
  ])("reads the tag of a plan of %s", async (version, isPrerelease) => {
    await widget.setVersion(version);
    const plan = readPlan(await widget.dist("plan", `--tag=v${version}`));
    expect(plan).toMatchObject({ tag: `v${version}`, isPrerelease });
    expect(releaseOf(plan, "widget")).toMatchObject({
      version: { text: version },
      hosting: {
        repository: "acme/widget",
        downloadBase: `https://github.com/acme/widget/releases/download/v${version}`,
      },
    });
  });

  test("a plan of a pull request has a tag that nobody pushed", async () => {
    await widget.setVersion("1.2.4");
    expect(readPlan(await widget.dist("plan"))).toMatchObject({ tag: "v1.2.4", tagIsImplicit: true });
  });
});
