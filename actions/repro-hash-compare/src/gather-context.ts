import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** Variables that influence a build, and the names under which they are recorded. */
const VARIABLES: Readonly<Record<string, string>> = {
  SOURCE_DATE_EPOCH: "source-date-epoch",
  CFLAGS: "cflags",
  RUNNER_OS: "runner-os",
  RUNNER_ARCH: "runner-arch",
  ImageOS: "runner-image",
  ImageVersion: "runner-image-version",
};

/** The context of a build: the given values, and facts about the runner and the toolchain. */
export async function gatherContext({ inputs, env, exec }: ActionRunner): Promise<Map<string, string>> {
  const context = new Map<string, string>();
  for (const [variable, key] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value !== undefined && value !== "") context.set(key, value);
  }
  const encoded = env["CARGO_ENCODED_RUSTFLAGS"];
  context.set("rustflags", encoded?.replaceAll("\x1f", " ") ?? env["RUSTFLAGS"] ?? "");
  for (const tool of ["rustc", "cargo"]) {
    const { exitCode, stdout } = await exec(tool, ["--version"], { check: false, onOutput: () => undefined });
    if (exitCode === 0) context.set(tool, stdout.trim());
  }
  for (const line of inputs.context) {
    const [, key, value] = /^([\w.-]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      throw new Fault(`input \`context\` has "${line}", expected key=value`);
    }
    context.set(key, value);
  }
  return context;
}
