import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseChart, readChart } from "./chart-file.ts";
import { checkChart } from "./check-chart.ts";
import { imagesIn } from "./rendered-images.ts";

const LINES = ["apiVersion: v2", "name: widget", "version: 1.7.6", 'appVersion: "1.7.6"'];
const chartWith = (change: (lines: string[]) => string[]): string => `${change([...LINES]).join("\n")}\n`;
const replaced = (line: number, text: string): string => chartWith((lines) => lines.toSpliced(line, 1, text));

describe("parseChart", () => {
  test("accepts a version without quotes that YAML reads as text (misleads 9)", () => {
    expect(
      parseChart(
        chartWith((lines) => lines),
        "Chart.yaml",
      ),
    ).toMatchObject({ name: "widget", version: "1.7.6" });
  });

  test.each<[name: string, content: string, message: string]>([
    [
      "a version that YAML reads as a number (B146)",
      replaced(2, "version: 1.10"),
      "has 1.1 for `version`, expected text",
    ],
    ["an appVersion that is a number (B146)", replaced(3, "appVersion: 1.10"), "for `appVersion`, expected text"],
    ["no apiVersion (B148)", replaced(0, ""), "has no `apiVersion`"],
    ["an unknown apiVersion", replaced(0, "apiVersion: v3"), 'the apiVersion "v3"'],
    ["a version that is stated twice (B149)", chartWith((lines) => [...lines, "version: 1.7.5"]), "unique"],
    ["a name in upper case (B150)", replaced(1, "name: Widget"), 'the name "Widget"'],
    ["a name with a slash (B150)", replaced(1, "name: a/b"), 'the name "a/b"'],
    ["a name that leaves the folder (B150)", replaced(1, "name: ../b"), 'the name "../b"'],
    ["an empty version", replaced(2, 'version: ""'), 'has "" for `version`'],
    ["a list", "- a\n", "is not a mapping"],
    ["nothing", "", "is not a mapping"],
    [
      "an alias bomb (B155)",
      chartWith((lines) => [
        ...lines,
        "a: &a [x, x, x, x, x, x, x, x, x, x]",
        ..."bcdefgh".split("").map((key, at) => `${key}: &${key} [${Array(10).fill(`*${"abcdefg"[at]}`).join(", ")}]`),
      ]),
      "alias",
    ],
  ])("refuses %s", (_name, content, message) => {
    expect(() => parseChart(content, "Chart.yaml")).toThrow(message);
  });
});

describe("readChart", () => {
  const withFolder = async (use: (file: string, folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(path.join(tmpdir(), "chart-"));
    try {
      await use(path.join(folder, "Chart.yaml"), folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("refuses a folder in place of the file (B153)", () =>
    withFolder(async (file, folder) => {
      mkdirSync(file);
      await expect(readChart(folder, "Chart.yaml")).rejects.toThrow("is not a plain file");
    }));

  test("reads the dependencies of a v1 chart from requirements.yaml, as Helm does", () =>
    withFolder(async (file, folder) => {
      writeFileSync(file, "apiVersion: v1\nname: widget\nversion: 1.2.3\n");
      const list = "dependencies:\n  - name: db\n    version: ~1.0\n    repository: https://charts.example\n";
      writeFileSync(path.join(folder, "requirements.yaml"), list);
      const { dependencies } = await readChart(folder, "charts/widget/Chart.yaml");
      expect(dependencies).toEqual([
        expect.objectContaining({
          name: "db",
          location: { file: "charts/widget/requirements.yaml", line: 2, column: 5 },
        }),
      ]);
    }));

  test("refuses a file over Helm's limit (B154)", () =>
    withFolder(async (file, folder) => {
      writeFileSync(file, "");
      truncateSync(file, 5 * 1024 * 1024 + 1);
      await expect(readChart(folder, "Chart.yaml")).rejects.toThrow("expected at most 5242880");
    }));
});

describe("checkChart", () => {
  const chart = parseChart(
    chartWith((lines) => lines),
    "Chart.yaml",
  );

  test("finds no problem when the versions match or none are expected", () => {
    expect(checkChart(chart, { version: "1.7.6", appVersion: "1.7.6" })).toEqual([]);
    expect(checkChart(chart, { version: undefined, appVersion: undefined })).toEqual([]);
  });

  test("reports each difference at its line", () => {
    const problems = checkChart(chart, { version: "1.7.7", appVersion: "1.7.7" });
    expect(problems.map(({ location }) => location?.line)).toEqual([3, 4]);
  });

  test("refuses an invalid version", () => {
    const odd = parseChart(replaced(2, "version: v1.7"), "Chart.yaml");
    expect(() => checkChart(odd, { version: undefined, appVersion: undefined })).toThrow("expected a semantic version");
  });
});

describe("imagesIn", () => {
  test("finds the images of all containers, in pods and pod templates", () => {
    const rendered = [
      "kind: Pod\nspec:\n  initContainers: [{ image: b }]\n  containers: [{ image: a }, { name: none }]",
      "kind: CronJob\nspec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: c }, { image: a }] } } } } }",
      "kind: ConfigMap\ndata: { image: not-this }",
      "",
    ].join("\n---\n");
    expect(imagesIn(rendered)).toEqual(["a", "b", "c"]);
  });
});
