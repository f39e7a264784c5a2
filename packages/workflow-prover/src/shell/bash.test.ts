import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { CannotTell } from "../choices.ts";
import { Random } from "../testing/random.ts";
import { randomScript } from "../testing/random-script.ts";
import { runScript } from "./script.ts";

const SCRIPTS = process.env["PROVER_AGREEMENT"] === "full" ? 5000 : 120;

test("what runScript predicts of a gate's script is what bash does with it", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "bash-"));
  const output = path.join(folder, "output");
  let followed = 0;
  try {
    for (let seed = 1; seed <= SCRIPTS; seed += 1) {
      const random = new Random(seed);
      const { script, env } = randomScript(random);
      const pipefail = random.chance(50);
      const told = follow(script, env, pipefail);
      if (told === undefined) continue;
      followed += 1;
      writeFileSync(output, "");
      // Start bash as the runner does (docs: "Workflow syntax", `jobs.<job_id>.steps[*].shell`).
      const options = ["--noprofile", "--norc", ...(pipefail ? ["-eo", "pipefail"] : ["-e"])];
      const variables = { PATH: process.env["PATH"], ...Object.fromEntries(env), GITHUB_OUTPUT: output };
      const { status } = spawnSync("bash", [...options, "-c", script], { env: variables, stdio: "ignore" });
      const lines = readFileSync(output, "utf8").split("\n").filter(Boolean);
      const outputs = Object.fromEntries(lines.map((line) => [line.split("=")[0], line.split("=")[1]]));
      expect([seed, script, env, told]).toEqual([seed, script, env, { code: status, outputs }]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(followed).toBeGreaterThan(SCRIPTS * 0.9);
}, 3_000_000);

function follow(script: string, env: ReadonlyMap<string, string>, pipefail: boolean) {
  try {
    const { code, outputs } = runScript(script, { env, stops: true, pipefail, followsUnknown: false });
    return { code, outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if (error instanceof CannotTell) return undefined;
    throw error;
  }
}
