import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  checkChart,
  checkDependencies,
  differences,
  readChart,
  readPackage,
  repackChart,
} from "@release-actions/chart";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { bringGoModule, sample } from "./bring.ts";

/** Charts inside published Go modules. The verdicts were worked out by hand, with `helm template` of both versions. */
const CHARTS = [
  {
    module: "sigs.k8s.io/metrics-server",
    version: "v0.9.0",
    sum: "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w=",
    folder: "charts/metrics-server",
  },
  {
    module: "sigs.k8s.io/descheduler",
    version: "v0.36.0",
    sum: "h1:fBemfJD1RhmbsdH94lKwGMOwQcbsrw67A5IK2c2fANA=",
    folder: "charts/descheduler",
  },
  {
    module: "sigs.k8s.io/external-dns",
    version: "v0.23.0",
    sum: "h1:35KyAZtLN8o5nIE0aPKfyhILbf5HHkKPJby/4FowPJM=",
    folder: "charts/external-dns",
  },
  {
    module: "github.com/bitnami-labs/sealed-secrets",
    version: "v0.40.0",
    sum: "h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=",
    folder: "helm/sealed-secrets",
  },
] as const;

/** Both versions that people use; runners have the first. */
const HELMS = ["helm", "helm3"] as const;

describeWith([...HELMS, "unzip"], "charts of published Go modules", () => {
  let work: string;
  beforeAll(() => {
    work = mkdtempSync(path.join(tmpdir(), "charts-"));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test.each(sample(CHARTS, 2))("$module packs and shows as both versions of Helm have it", async (pin) => {
    const zip = await bringGoModule(pin);
    const inside = `${pin.module}@${pin.version}/${pin.folder}`;
    await runCommand("unzip", ["-q", "-o", zip, `${inside}/*`, "-d", work]);
    const folder = path.join(work, inside);
    const chart = await readChart(folder, "Chart.yaml");
    expect(checkChart(chart, { version: undefined, appVersion: undefined })).toEqual([]);
    expect(checkDependencies(folder, chart, "Chart.yaml")).toEqual([]);
    for (const helm of HELMS) {
      const home = path.join(work, `${helm}-${path.basename(folder)}`);
      mkdirSync(home);
      const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
      const run = async (...args: string[]): Promise<string> => (await runCommand(helm, args, { env })).stdout;
      await run("package", folder, "--destination", home);
      const [name = ""] = readdirSync(home).filter((file) => file.endsWith(".tgz"));
      const theirs = readFileSync(path.join(home, name));
      const ours = await repackChart(theirs, name);
      expect(differences(ours, await readPackage(theirs, name))).toEqual([]);
      expect((await repackChart(ours.bytes, name)).digest).toBe(ours.digest);
      const repacked = path.join(home, "ours.tgz");
      writeFileSync(repacked, ours.bytes);
      expect(await run("show", "chart", repacked)).toBe(await run("show", "chart", path.join(home, name)));
    }
  });
});
