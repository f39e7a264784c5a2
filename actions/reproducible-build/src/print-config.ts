import { formatTomlString } from "@release-actions/toml";
import type { Plan } from "./plan.ts";

/**
 * The lines for `.cargo/config.toml` that make a local build like this one. The flags are under the target: cargo joins
 * them with flags of other files for that target, and then ignores `build.rustflags`.
 */
export function cargoConfigLines(plan: Plan): string {
  const list = (values: readonly string[]): string =>
    `[\n${values.map((value) => `  ${formatTomlString(value)},\n`).join("")}]`;
  const targets = plan.targets.map(({ triple, rustflags }) => `[target.${triple}]\nrustflags = ${list(rustflags)}\n`);
  const { CARGO_INCREMENTAL: _inBuild, ...variables } = plan.env;
  const env = Object.entries(variables).map(([name, value]) => `${name} = ${formatTomlString(value)}\n`);
  return [`[build]\nincremental = false\n`, ...targets, `[env]\n${env.join("")}`].join("\n");
}
