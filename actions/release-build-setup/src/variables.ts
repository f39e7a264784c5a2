import { existsSync } from "node:fs";
import path from "node:path";
import { DockerfileError, findStage, parseDockerfile, type StageVariable } from "@release-actions/dockerfile";
import type { Reporter } from "@release-actions/report";
import { readText, wildcard } from "@release-actions/text";
import type { ActionRunner } from "./action.gen.ts";
import { SetupError } from "./fault.ts";

const DEFAULT_DOCKERFILE = "docker/Dockerfile";
const DEFAULT_STAGE = "builder";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

/**
 * The variables of a stage whose names match. A Dockerfile that the input does not name is used only if it exists, is
 * readable and has that stage; otherwise the reason is reported.
 */
export function dockerfileVariables(inputs: ActionRunner["inputs"], reporter: Reporter): Variable[] {
  const { "env-from-dockerfile": file, "dockerfile-stage": stage } = inputs;
  const absolute = path.resolve(inputs["working-directory"], file);
  const isNamed = file !== DEFAULT_DOCKERFILE || stage !== DEFAULT_STAGE;
  if (!existsSync(absolute) && file === DEFAULT_DOCKERFILE) return [];
  const patterns = inputs["env-names"].map((name) => wildcard(name));
  let isReadable = false;
  try {
    const dockerfile = parseDockerfile(readText(absolute), absolute);
    isReadable = true;
    const { env } = findStage(dockerfile, stage);
    return [...env]
      .filter(([name]) => patterns.some((pattern) => pattern.test(name)))
      .map(([name, variable]) => toVariable(name, variable, file));
  } catch (error) {
    if (isNamed || !(error instanceof DockerfileError)) throw error;
    const message = `${error.message}: no variables were read from ${file}, because the input does not name it`;
    // A Dockerfile without the stage may be for another product, so this is not worth a warning.
    if (isReadable) reporter.info(message);
    else reporter.problem({ level: "warning", message });
    return [];
  }
}

function toVariable(name: string, { word, location }: StageVariable, file: string): Variable {
  if (word.unset === undefined) return { name, value: word.value, from: `${file}:${location.line}` };
  throw new SetupError(
    `${location.file}:${location.line}: ${name} uses ${word.unset}, which has no value without --build-arg`,
    { location },
  );
}

/** Reads lines of `NAME=value`. */
export function extraVariables(lines: readonly string[]): Variable[] {
  return lines.map((line) => {
    const [name = "", value] = line.split(/=(.*)/s);
    if (!NAME.test(name) || value === undefined) {
      throw new SetupError(`"${line}" in \`extra-env\` is not NAME=value`);
    }
    if (name === "RUSTFLAGS") {
      throw new SetupError("`extra-env` sets RUSTFLAGS, which this action computes", {
        advice: "Use `rustflags-extra`.",
      });
    }
    return { name, value, from: "extra-env" };
  });
}

type MacInputs = Pick<ActionRunner["inputs"], "macos-deployment-target" | "codesign-options">;

/** Variables that builds and signing read on macOS only. */
export function macVariables(inputs: MacInputs, env: Readonly<Record<string, string | undefined>>): Variable[] {
  if (!isMac(env)) return [];
  const target = inputs["macos-deployment-target"];
  if (!/^\d+(\.\d+){0,2}$/.test(target)) {
    throw new SetupError(`input \`macos-deployment-target\` is "${target}", expected a version such as 10.14.0`);
  }
  return [
    { name: "MACOSX_DEPLOYMENT_TARGET", value: target, from: "macos-deployment-target" },
    { name: "CODESIGN_OPTIONS", value: inputs["codesign-options"], from: "codesign-options" },
  ];
}

export function isMac(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env["RUNNER_OS"] ?? "") === "" ? process.platform === "darwin" : env["RUNNER_OS"] === "macOS";
}

/** When a name is given twice, the later value wins. */
export function mergeVariables(variables: readonly Variable[]): Variable[] {
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}
