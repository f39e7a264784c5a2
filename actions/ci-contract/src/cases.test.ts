import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { checkContract } from "./check-contract.ts";
import { readContract } from "./contract.ts";

const CASES = path.join(import.meta.dirname, "../../../test/fixtures/cases/ci-contract");

/** The correct findings for each repository, worked out by hand, as level, rule, job and place. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "called-dead": ["error unreachable clippy lint.yml:3"],
  "called-nobody": ["error unreachable clippy lint.yml:3"],
  "coe-matrix": [],
  "d-fork-secret": ["error unreachable test ci.yml:4"],
  "d-needs-missing": ["error unreachable test ci.yml:13"],
  "dispatch-ref": ["error unreachable test ci.yml:6"],
  "early-exit": ["error missing-command test ci.yml:6"],
  "f-dist-tag": [],
  "f-rc": [],
  "gate-alls-green": ["error gate test ci.yml:6"],
  "gate-cancelled": ["error gate test ci.yml:6"],
  "gate-job-env": [],
  "gate-only-echo": ["error gate test ci.yml:6"],
  "gate-skipped-leaf": ["error gate test ci.yml:10"],
  "if-block-scalar": ["error always-true test ci.yml:4"],
  "if-text-around": ["error always-true test ci.yml:4"],
  "job-timeout": [],
  "other-job-text": ["warning always-true notify ci.yml:7"],
  "output-boolean": ["error unreachable test ci.yml:9"],
  "path-filter": ["error pending test ci.yml:3"],
  "same-repo-guard": [],
  "schedule-tag": ["error unreachable test ci.yml:5"],
  "transitive-skip": ["error skippable test ci.yml:12"],
};

test("each case has a list of expected findings", () => {
  expect(readdirSync(CASES).sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(Object.entries(EXPECTED))("%s", async (name, expected) => {
  const folder = path.join(CASES, name, ".github/workflows");
  const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(path.join(folder, file), "utf8") }));
  const contract = path.join(CASES, name, "ci-contract.yml");
  expect(existsSync(contract)).toBe(true);
  const findings = await checkContract(readContract(readFileSync(contract, "utf8"), "ci-contract.yml"), files);
  const shown = findings.map(
    ({ level, rule, job, location }) => `${level} ${rule} ${job} ${location.file}:${location.line}`,
  );
  expect(shown).toEqual(expected);
});
