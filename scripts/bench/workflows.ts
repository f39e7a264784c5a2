import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { type Bench, median } from "./row.ts";

const WORKFLOWS = 40;
const ROUNDS = 3;
const BUDGET_MS = 1500;

/** ci-contract on a repository with forty workflows and no contract, compared with an action that only starts and ends. */
export const workflows: Bench = {
  name: "workflows",
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), "workflows-"));
    try {
      writeWorkflows(path.join(folder, ".github/workflows"));
      const action = path.join(import.meta.dirname, "../../actions/ci-contract/dist/index.js");
      const files = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].map((name) => [name, path.join(folder, name)] as const);
      for (const [, file] of files) writeFileSync(file, "");
      const env = { ...process.env, ...Object.fromEntries(files), GITHUB_WORKSPACE: folder };
      const inputs = { INPUT_CONTRACT: "ci-contract.yml", INPUT_WORKFLOWS: ".github/workflows", INPUT_MODE: "check" };
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const started = performance.now();
        await runCommand(process.execPath, [action], { cwd: folder, env: { ...env, ...inputs } });
        times.push(performance.now() - started);
      }
      const ours = median(times);
      const row = { what: `${WORKFLOWS} workflows judged by ci-contract`, peer: "-", ours: `${ours.toFixed(0)} ms` };
      return [{ ...row, budget: `${BUDGET_MS} ms`, held: ours <= BUDGET_MS }];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Writes workflows with filters, a matrix, outputs and a gate, like those of large repositories. */
function writeWorkflows(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < WORKFLOWS; index += 1) {
    const jobs = Array.from({ length: 5 }, (_none, job) => [
      `  job-${job}:`,
      "    needs: changes",
      `    if: needs.changes.outputs.part-${job} == 'true' || startsWith(github.ref, 'refs/heads/release/')`,
      "    runs-on: ${{ matrix.os }}",
      "    strategy: { matrix: { os: [ubuntu-24.04, macos-15] } }",
      "    steps: [{ run: make test }]",
    ]).flat();
    const lines = [
      "on: { pull_request: {}, push: { branches: [main, 'release/**'] }, merge_group: {} }",
      "jobs:",
      "  changes:",
      "    runs-on: ubuntu-24.04",
      `    outputs: { ${[0, 1, 2, 3, 4].map((job) => `part-${job}: "\${{ steps.filter.outputs.part-${job} }}"`).join(", ")} }`,
      "    steps: [{ id: filter, uses: dorny/paths-filter@v4 }]",
      ...jobs,
      "  all-green:",
      "    needs: [changes, job-0, job-1, job-2, job-3, job-4]",
      "    if: always()",
      "    runs-on: ubuntu-24.04",
      `    steps: [{ run: "jq -e 'all(.result == \\"success\\" or .result == \\"skipped\\")' <<< '\${{ toJSON(needs) }}'" }]`,
    ];
    writeFileSync(path.join(folder, `workflow-${index}.yml`), `${lines.join("\n")}\n`);
  }
}
