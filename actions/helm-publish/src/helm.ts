import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ChartError, type ChartPackage, repackChart } from "@release-actions/chart";
import type { CommandResult } from "@release-actions/command";
import type { PublishRunner } from "./publish-runner.ts";
import type { Subject } from "./subject.ts";

/** A chart as it will be published, and what it renders to. */
export interface Prepared {
  readonly content: ChartPackage;
  /** The resources as YAML, with the default values. */
  readonly rendered: string;
}

/** Lints the folder, packages it, and renders the package, all with the machine's Helm. */
export async function prepare(runner: PublishRunner, { folder, chart }: Subject): Promise<Prepared> {
  const work = await runner.tempFolder("chart");
  const helm = helmIn(work, runner);
  if (runner.inputs.lint !== "off") {
    const strict = runner.inputs.lint === "warnings" ? ["--strict"] : [];
    requireSuccess(await helm("lint", ...strict, folder), "helm lint finds faults in the chart");
  }
  const out = path.join(work, "out");
  await mkdir(out);
  requireSuccess(await helm("package", folder, "--destination", out), "helm cannot package the chart");
  const [file] = await readdir(out);
  if (file === undefined) throw new ChartError("helm packaged the chart and left no file");
  const content = await repackChart(await readFile(path.join(out, file)), file);
  const repacked = path.join(work, "package.tgz");
  await writeFile(repacked, content.bytes);
  const { stdout } = requireSuccess(
    await helm("template", chart.name, repacked),
    "the chart does not render with its default values",
  );
  return { content, rendered: stdout };
}

type Helm = (...args: string[]) => Promise<CommandResult>;

/** Helm with folders of its own: nobody's plugins or passwords, and nothing of this step's secrets. */
function helmIn(work: string, runner: PublishRunner): Helm {
  const { PATH, SystemRoot } = runner.env;
  const homes = ["CONFIG", "CACHE", "DATA"].map((kind) => [`HELM_${kind}_HOME`, path.join(work, kind)] as const);
  const env = { PATH, SystemRoot, HOME: work, TMPDIR: work, ...Object.fromEntries(homes) };
  return async (...args) => {
    // What a chart renders to is long; only a failure is worth reading.
    const quiet = args[0] === "template" ? { onOutput: () => undefined } : {};
    const result = await runner.exec("helm", args, { env, check: false, ...quiet });
    if (result.exitCode !== 126 && result.exitCode !== 127) return result;
    throw new ChartError("there is no `helm` on this machine that can be started", {
      advice: "Use one of GitHub's Ubuntu runners, or install Helm 3.8 or newer before this step.",
    });
  };
}

function requireSuccess(result: CommandResult, otherwise: string): CommandResult {
  if (result.exitCode === 0) return result;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new ChartError(`${otherwise}:\n${said}`);
}
