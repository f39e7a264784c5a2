import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ChartError, type ChartPackage, readPackage, repackChart } from "@release-actions/chart";
import { readText } from "@release-actions/text";
import type { ActionRunner } from "./action.gen.ts";
import { buildDependencies, requireDependencies } from "./dependencies.ts";
import { type Helm, helmIn, requireSuccess, saidBy } from "./helm.ts";
import type { Subject } from "./subject.ts";
import { type ValueSet, valueSets } from "./values.ts";

/** A chart as it will be published, and what it renders to. */
export interface Prepared {
  readonly content: ChartPackage;
  /** The content of the `.prov` file, when the chart is signed. */
  readonly provenance: Uint8Array | undefined;
  /** The rendered YAML for each set of values; undefined for a library chart, and when values are missing. */
  readonly rendered: string | undefined;
}

/** Lints the folder, packages it, and renders the package with each set of values, all with the machine's Helm. */
export async function prepare(runner: ActionRunner, subject: Subject): Promise<Prepared> {
  const { folder, shown } = subject;
  const work = await runner.tempFolder("chart");
  const helm = helmIn(work, runner);
  if (runner.inputs.dependencies === "build") await buildDependencies(helm, subject);
  await requireDependencies(helm, subject, runner);
  const sets = await valueSets(runner.inputs.values, folder);
  if (runner.inputs.lint !== "off") {
    const strict = runner.inputs.lint === "warnings" ? ["--strict"] : [];
    for (const { args, name } of sets) {
      const flags = [...strict, ...args, ...kubeVersion(runner)];
      requireSuccess(
        await helm(["lint", ...flags, folder]),
        `helm lint found problems in the chart ${shown} with ${name}`,
      );
    }
  }
  const { content, provenance, file } = await packageChart(helm, work, subject, runner);
  if (subject.chart.isLibrary) {
    runner.info(`${shown} is a library chart, which is not rendered`);
    return { content, provenance, rendered: undefined };
  }
  return { content, provenance, rendered: await render(helm, file, sets, subject, runner) };
}

/** When signed, Helm's own package, since the signature covers its bytes; else a package with reproducible bytes. */
async function packageChart(helm: Helm, work: string, { folder }: Subject, { inputs }: ActionRunner) {
  const out = path.join(work, "out");
  await mkdir(out);
  const isSigned = inputs["sign-key"] !== undefined;
  const keyring = inputs.keyring === undefined ? [] : ["--keyring", inputs.keyring];
  // Helm reads a passphrase from standard input only if that is a named pipe; Node's is not (helm, pkg/cmd/package.go).
  const passphraseFile = path.join(work, "passphrase");
  const passphrase = ["--passphrase-file", passphraseFile];
  const sign = isSigned ? ["--sign", "--key", inputs["sign-key"] ?? "", ...keyring, ...passphrase] : [];
  if (isSigned) await writeFile(passphraseFile, inputs.passphrase ?? "", { mode: 0o600 });
  const packaged = helm(["package", folder, "--destination", out, ...sign]);
  requireSuccess(
    await packaged.finally(() => rm(passphraseFile, { force: true })),
    isSigned ? "helm cannot package and sign the chart" : "helm cannot package the chart",
    isSigned ? "The keyring must have GnuPG's older format: `gpg --export-secret-keys > secring.gpg`." : undefined,
  );
  const files = await readdir(out);
  const packed = files.find((name) => name.endsWith(".tgz"));
  if (packed === undefined) throw new ChartError("helm packaged the chart, but there is no file");
  const bytes = await readFile(path.join(out, packed));
  if (isSigned) {
    const provenance = await readFile(path.join(out, `${packed}.prov`));
    return { content: await readPackage(bytes, packed), provenance, file: path.join(out, packed) };
  }
  const content = await repackChart(bytes, packed);
  const file = path.join(work, "package.tgz");
  await writeFile(file, content.bytes);
  return { content, provenance: undefined, file };
}

/** Renders the chart. A chart that needs values which were not given is not an error: it may render with them. */
async function render(
  helm: Helm,
  file: string,
  sets: readonly ValueSet[],
  { chart, folder, shown }: Subject,
  runner: ActionRunner,
): Promise<string | undefined> {
  const rendered: string[] = [];
  for (const { args, name, isDefault } of sets) {
    const result = await helm(["template", releaseName(chart.name), file, ...args, ...kubeVersion(runner)]);
    const said = saidBy(result);
    const isOpen =
      (isDefault && asksForValues(said, folder)) || (kubeVersion(runner).length === 0 && asksForKubernetes(said));
    if (result.exitCode !== 0 && isOpen && runner.inputs.images.length === 0) {
      const reason = said.split("\n").find((line) => /^Error:/.test(line)) ?? said;
      runner.problem({
        level: "warning",
        title: `values of ${chart.name}`,
        message: `${shown} does not render with ${name}, so its rendered output was not checked (${reason}): give values in \`values\` or ci/*-values.yaml, or a version of Kubernetes in \`kube-version\``,
      });
      return undefined;
    }
    const advice = isDefault ? "If the chart needs values, give them in `values` or ci/*-values.yaml." : undefined;
    rendered.push(requireSuccess(result, `the chart does not render with ${name} (${shown})`, advice).stdout);
  }
  return rendered.join("\n---\n");
}

/** Releases have stricter names than charts: no underscore, and at most 53 characters. */
function releaseName(chart: string): string {
  return chart
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 53)
    .replace(/-+$/, "");
}

/**
 * Whether values are missing: `required` stopped a template, or the values do not match the chart's own schema. Helm's
 * message is the same for `required` and `fail`, so this reads the template line that the message names.
 */
function asksForValues(said: string, folder: string): boolean {
  if (/don't meet the specifications of the schema/.test(said)) return true;
  const [, file = "", line = ""] = /execution error at \(([^:)]+):(\d+):\d+\)/.exec(said) ?? [];
  if (file === "") return false;
  const inside = path.join(folder, ...file.split("/").slice(1));
  const lines = existsSync(inside) ? readText(inside).split("\n") : [];
  return /\brequired\b/.test(lines[Number(line) - 1] ?? "");
}

/** Whether Helm refused the chart because it is for other Kubernetes versions than the one Helm was built with. */
function asksForKubernetes(said: string): boolean {
  return /chart requires kubeVersion/.test(said);
}

function kubeVersion({ inputs }: ActionRunner): string[] {
  return inputs["kube-version"] === undefined ? [] : ["--kube-version", inputs["kube-version"]];
}
