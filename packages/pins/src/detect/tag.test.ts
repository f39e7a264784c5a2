import { describe, expect, test } from "@jest/globals";
import { placeOf, plainSite, type Site } from "../fact.ts";
import type { Chart } from "./charts.ts";
import { judgeTag } from "./tag.ts";

const at = (value: string, file: string): Site => plainSite({ value, location: { file, line: 3 } });
const crates = (...versions: readonly (readonly [name: string, version: string])[]): ReadonlyMap<string, Site> =>
  new Map(versions.map(([name, version]) => [name, at(version, `${name}/Cargo.toml`)]));
const CHART: Chart = {
  ...{ file: "charts/beacon/Chart.yaml", name: "beacon", followsVersion: false, isNamedAlike: true },
  version: at("0.4.0", "charts/beacon/Chart.yaml"),
  appVersion: undefined,
};

function judge(tag: string | undefined, owners: Partial<Parameters<typeof judgeTag>[1]>) {
  const { facts, findings, notes } = judgeTag(tag, { product: [], crates: new Map(), charts: [], ...owners });
  return {
    tags: facts.flatMap(({ sites }) => sites.map(({ value }) => value)),
    findings: findings.map(({ severity, message, leader, follower }) => {
      return `${severity} ${placeOf(follower)} <- ${leader && placeOf(leader)}: ${message}`;
    }),
    notes,
  };
}

const PRODUCT = { product: [at("1.7.6", "Cargo.toml")], crates: crates(["app", "1.7.6"], ["tool", "0.3.0"]) };

describe("judgeTag", () => {
  test.each([
    ["v1.7.6", "1.7.6"],
    ["1.7.6", "1.7.6"],
    ["app-v1.7.6", "1.7.6"],
    ["app/1.7.6", "1.7.6"],
    ["tool@0.3.0", "0.3.0"],
    ["tool_0.3.0", "0.3.0"],
    ["release-v1.7.6", "1.7.6"],
    ["release-0.3.0", "0.3.0"],
  ])("%s agrees", (tag, version) => {
    expect(judge(tag, PRODUCT)).toEqual({ tags: [version], findings: [], notes: [] });
  });

  test.each([
    ["v1.7", "1.7"],
    ["v1.7.6-rc.1", "1.7.6-rc.1"],
    ["v0.3.0", "0.3.0"],
  ])("%s is not the version of the product", (tag, version) => {
    expect(judge(tag, PRODUCT).findings).toEqual([
      `error ${version} <- Cargo.toml:3: the tag ${tag} has the version "${version}", expected "1.7.6" at Cargo.toml:3`,
    ]);
  });

  test("a tag that names a crate is compared only with that crate", () => {
    expect(judge("tool-v1.7.6", PRODUCT).findings).toEqual([
      'error 1.7.6 <- tool/Cargo.toml:3: the tag tool-v1.7.6 has the version "1.7.6", expected "0.3.0" at tool/Cargo.toml:3',
    ]);
  });

  test("returns a version relation, which the summary names", () => {
    const [finding] = judgeTag("v1.7.7", { ...PRODUCT, charts: [] }).findings;
    expect(finding).toMatchObject({ fact: "tag", relation: { name: "version", kind: "equal", leader: "version" } });
  });

  test("a bare version may be that of any crate when each has its own", () => {
    const each = { crates: crates(["a", "0.1.0"], ["b", "0.2.0"], ["c", "0.3.0"]) };
    expect(judge("v0.3.0", each).findings).toEqual([]);
    expect(judge("v0.9.0", each).findings).toEqual([
      'error 0.9.0 <- a/Cargo.toml:3: the tag v0.9.0 has the version "0.9.0", expected one of "0.1.0" at a/Cargo.toml:3, "0.2.0" at b/Cargo.toml:3, "0.3.0" at c/Cargo.toml:3',
    ]);
  });

  test("lists three of many crates, and counts the others", () => {
    const many = crates(["a", "0.1.0"], ["b", "0.2.0"], ["c", "0.3.0"], ["d", "0.4.0"], ["e", "0.5.0"]);
    expect(judge("v0.9.0", { crates: many }).findings[0]).toContain('"0.3.0" at c/Cargo.toml:3 and 2 more crates');
  });

  test.each(["nightly", "latest", "Edge", "dev-2026-11-20", "main", "canary/7"])("%s names no version", (tag) => {
    expect(judge(tag, PRODUCT)).toEqual({ tags: [tag], findings: [], notes: [`The tag ${tag} names no version.`] });
  });

  test.each(["milestone", "v1", "my-nightly", "nightlyish"])("%s is neither a version nor a floating tag", (tag) => {
    expect(judge(tag, PRODUCT).findings).toEqual([
      `error ${tag} <- Cargo.toml:3: the tag ${tag} does not match a known version: expected "1.7.6" at Cargo.toml:3`,
    ]);
  });

  test.each(["beacon-0.4.0", "helm-v0.4.0", "chart/0.4.0", "charts-0.4.0"])("%s is the version of the chart", (tag) => {
    expect(judge(tag, { ...PRODUCT, charts: [CHART] }).findings).toEqual([]);
  });

  test("a tag of the chart with the version of the product is an error", () => {
    expect(judge("helm-v1.7.6", { ...PRODUCT, charts: [CHART] }).findings[0]).toContain(
      'error 1.7.6 <- charts/beacon/Chart.yaml:3: the tag helm-v1.7.6 has the version "1.7.6", expected "0.4.0" at charts/beacon/Chart.yaml:3',
    );
  });

  test("a bare version, or a name that only ends with the chart's, is not the version of the chart", () => {
    expect(judge("v0.4.0", { ...PRODUCT, charts: [CHART] }).findings).toHaveLength(1);
    expect(judge("my-helm-v0.4.0", { ...PRODUCT, charts: [CHART] }).findings).toHaveLength(1);
  });

  test.each([undefined, ""])("without a tag (%j) there is nothing to compare", (tag) => {
    expect(judge(tag, PRODUCT)).toEqual({ tags: [], findings: [], notes: [] });
  });

  test("without crates there is also nothing to compare", () => {
    expect(judge("v1.0.0", { product: [], crates: new Map() })).toEqual({ tags: [], findings: [], notes: [] });
  });
});
