import { expect, test } from "@jest/globals";
import { checkContract } from "./check-contract.ts";
import { readContract } from "./contract.ts";
import { suggestContract } from "./suggest.ts";

const CI = `on: [push, pull_request]
jobs:
  fmt:
    runs-on: x
    steps: [{ run: cargo fmt --check }]
  test:
    needs: fmt
    runs-on: x
    steps:
      - run: |
          cd crate
          cargo nextest run --workspace
      - run: cargo test --doc || true
  docs:
    if: github.event_name == 'push'
    runs-on: x
    steps: [{ run: mdbook test }]
  ci-gate:
    needs: [fmt, test]
    if: always()
    runs-on: x
    steps:
      - run: '[ "\${{ needs.fmt.result }}\${{ needs.test.result }}" = successsuccess ]'
`;

const CONTRACT = `# What the workflows do today. Remove what is not a promise, and add what is missing.
gate: ci-gate
jobs:
  fmt:
    run: "cargo fmt --check"
  test:
    run: "cargo nextest run"
  docs:
    run: "mdbook test"
    on: [push] # it may be skipped: github.event_name == 'push'
    gate: false
`;

test("a suggested contract describes the workflows, and they fulfill it", async () => {
  const files = [{ file: "ci.yml", text: CI }];
  const text = await suggestContract(files);
  expect(text).toBe(CONTRACT);
  expect(await checkContract(readContract(text, "ci-contract.yml"), files)).toEqual([]);
});

const TWICE = `on: { push: {}, pull_request: { paths: [src/**] } }
jobs:
  test:
    runs-on: x
    steps: [{ run: make test }]
  flaky:
    runs-on: x
    continue-on-error: true
    steps: [{ run: make flaky }]
  text:
    if: \${{ true }} && false
    runs-on: x
    steps: [{ run: make text }]
`;

test("a suggested contract is valid when two workflows share a job id, and leaves out promises that fail today", async () => {
  const files = ["a.yml", "b.yml"].map((file) => ({ file, text: TWICE }));
  const text = await suggestContract(files);
  expect(text).toContain(`  a.yml/test:
    run: "make test"
    on: [push] # paths excludes some pull requests
  # a.yml/flaky may fail without failing the run (continue-on-error)
  # a.yml/text has a condition that is always true, whatever it says
`);
  const found = await checkContract(readContract(text, "ci-contract.yml"), files);
  expect(found.filter(({ level }) => level === "error")).toEqual([]);
});
