import { existsSync } from "node:fs";
import path from "node:path";
import type { Problem } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { parseYaml } from "@release-actions/yaml";
import type { Chart } from "./chart-file.ts";

/**
 * Compares the dependencies of `Chart.yaml` with `Chart.lock`: each must be locked, and a dependency that is unpacked
 * under `charts/` must have the locked version. Helm itself checks whether a version is in its range.
 */
export function checkDependencies(folder: string, chart: Chart, shown: string): Problem[] {
  const lockFile = ["Chart.lock", "requirements.lock"].find((name) => existsSync(path.join(folder, name)));
  if (lockFile === undefined) return [];
  const place = `${path.posix.dirname(shown)}/${lockFile}`;
  const locked = parseYaml(readText(path.join(folder, lockFile), place), place)
    .get("dependencies")
    .items()
    .map((entry) => ({
      name: entry.get("name").text ?? "",
      version: entry.get("version").text ?? "",
      repository: entry.get("repository").text ?? "",
      location: entry.location,
    }));
  const problems: Problem[] = [];
  for (const { name, repository, location } of chart.dependencies) {
    const found = locked.find((entry) => entry.name === name && entry.repository === repository);
    if (found !== undefined || repository === "") continue;
    const other = locked.find((entry) => entry.name === name);
    const how = other === undefined ? "does not have it" : `has it from ${JSON.stringify(other.repository)}`;
    const from = `from ${JSON.stringify(repository)}`;
    const message = `the chart depends on ${name} ${from}, but ${lockFile} ${how}: run \`helm dependency update\``;
    problems.push({ level: "error", title: `dependency ${name}`, message, location });
  }
  for (const { name, version, location } of locked) {
    if (!chart.dependencies.some((dependency) => dependency.name === name)) {
      const message = `${lockFile} has ${name}, but the chart does not depend on it: run \`helm dependency update\``;
      problems.push({ level: "error", title: `dependency ${name}`, message, location });
      continue;
    }
    // If one name is locked in two versions, the folders are named after aliases and cannot be found by name.
    const isOnly = locked.filter((entry) => entry.name === name).length === 1;
    const unpacked = isOnly ? unpackedVersion(path.join(folder, "charts", name)) : undefined;
    if (unpacked === undefined || unpacked === version) continue;
    const message = `charts/${name} has the version ${unpacked}, but ${lockFile} has ${version}: run \`helm dependency build\``;
    problems.push({ level: "error", title: `dependency ${name}`, message, location });
  }
  return problems;
}

function unpackedVersion(folder: string): string | undefined {
  const file = path.join(folder, "Chart.yaml");
  return existsSync(file) ? parseYaml(readText(file), file).get("version").text : undefined;
}
