import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
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
import { HELMS, type HelmProgram } from "../release/helm-versions.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { bringGoModule, type GoPin, sample } from "./bring.ts";
import { readRows } from "./rows.ts";

/** The charts of a Go module, by their folders. The reasons of a refusal are parts of the messages. */
interface PublishedCharts extends GoPin {
  readonly packs?: readonly string[];
  readonly refusedByHelm?: Readonly<Record<string, string>>;
  readonly refusedByUs?: Readonly<Record<string, string>>;
}

const FIELDS = ["module", "version", "sum", "packs", "refusedByHelm", "refusedByUs"] as const;
const CHARTS = readRows<PublishedCharts>("published-charts.yml", FIELDS).flatMap(
  ({ packs = [], refusedByHelm = {}, refusedByUs = {}, ...pin }) => [
    ...packs.map((folder) => ({ pin, folder, refused: undefined })),
    ...Object.entries(refusedByHelm).map(([folder, because]) => ({ pin, folder, refused: { by: "helm", because } })),
    ...Object.entries(refusedByUs).map(([folder, because]) => ({ pin, folder, refused: { by: "us", because } })),
  ],
);

describeWith([...HELMS, "unzip"], "charts of published Go modules", () => {
  const work = temporaryFolder();

  /** The problems of the chart, as our package reports them; undefined for a chart that may be published. */
  async function ours(folder: string): Promise<string | undefined> {
    try {
      const chart = await readChart(folder, "Chart.yaml");
      const found = [
        ...checkChart(chart, { version: undefined, appVersion: undefined }),
        ...checkDependencies(folder, chart, "Chart.yaml"),
      ];
      return found.length === 0 ? undefined : found.map(({ message }) => message).join("; ");
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Packs the chart with a version of Helm. Returns the folder with the package, or undefined if Helm refuses. */
  async function packed(helm: HelmProgram, folder: string) {
    const home = mkdtempSync(path.join(work, `${helm}-`));
    const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    const run = (...args: string[]) => runCommand(helm, args, { env, check: false, onOutput: () => undefined });
    const out = path.join(home, "out");
    mkdirSync(out);
    const { exitCode } = await run("package", folder, "--destination", out);
    const [name] = readdirSync(out);
    return exitCode === 0 && name !== undefined ? { file: path.join(out, name), name, run } : undefined;
  }

  test.each(sample(CHARTS, 6).map((chart) => [`${chart.pin.module} ${chart.folder}`, chart] as const))(
    "%s packs and shows as with both versions of Helm, or is refused for the recorded reason",
    async (_title, { pin, folder: inside, refused }) => {
      const zip = await bringGoModule(pin);
      const place = `${pin.module}@${pin.version}/${inside}`;
      const { exitCode } = await runCommand("unzip", ["-q", "-o", zip, `${place}/*`, "-d", work], { check: false });
      expect(exitCode).toBeLessThan(2);
      const folder = path.join(work, place);
      const complaint = await ours(folder);
      for (const helm of HELMS) {
        const found = await packed(helm, folder);
        if (refused?.by === "helm") {
          expect([helm, found]).toEqual([helm, undefined]);
          continue;
        }
        expect([helm, complaint]).toEqual([
          helm,
          refused === undefined ? undefined : expect.stringContaining(refused.because),
        ]);
        if (refused !== undefined) continue;
        if (found === undefined) throw new Error(`${helm} does not pack ${inside}`);
        const theirs = readFileSync(found.file);
        const repacked = await repackChart(theirs, found.name);
        expect(differences(repacked, await readPackage(theirs, found.name))).toEqual([]);
        expect((await repackChart(repacked.bytes, found.name)).digest).toBe(repacked.digest);
        const again = path.join(work, "ours.tgz");
        writeFileSync(again, repacked.bytes);
        const [shown, expected] = [await found.run("show", "all", again), await found.run("show", "all", found.file)];
        expect([helm, shown.exitCode, shown.stdout]).toEqual([helm, expected.exitCode, expected.stdout]);
      }
    },
  );
});
