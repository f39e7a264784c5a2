import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import type { WorkflowFile } from "@release-actions/workflow";
import { checkContract } from "../../actions/ci-contract/src/check-contract.ts";
import { checkRepository } from "../../actions/ci-contract/src/check-repository.ts";
import { readContract } from "../../actions/ci-contract/src/contract.ts";
import type { Finding } from "../../actions/ci-contract/src/finding.ts";
import { suggestContract } from "../../actions/ci-contract/src/suggest.ts";
import { bringGoModule, sample } from "./bring.ts";
import { goProject } from "./go-projects.ts";
import { unzip } from "./unzip.ts";

interface Judged {
  readonly module: string;
  /** The right findings without a contract, as level, rule, job and place. They were worked out by hand from the files. */
  readonly findings?: readonly string[];
  /** A contract that a person could write for it. `broken` is the right findings with it, beyond those without it. */
  readonly contract?: string;
  readonly broken?: readonly string[];
}

const PROJECTS: readonly Judged[] = [
  {
    // `results` treats a skipped job as a success, and does not need `man`: when `man` fails, the jobs that need it are
    // skipped. `linters` needs no other job, so it cannot be skipped that way.
    module: "github.com/containerd/containerd/v2",
    contract: "{ gate: results, jobs: { linters: , binaries: { run: make binaries }, integration-linux: } }",
    broken: ["error gate binaries ci.yml:713", "error gate integration-linux ci.yml:713"],
  },
  {
    // GitHub treats a condition with text around `${{ }}` as true. Both conditions would have to be written without it.
    module: "github.com/opentofu/opentofu",
    findings: [
      // A default of type `string` is written as a number, which GitHub accepts.
      "notice invalid-workflow build-opentofu-oss.yml:13",
      "warning always-true release release.yml:142",
      "warning always-true release release.yml:151",
    ],
    contract: "jobs: { race-tests: { run: go test -race }, consistency-checks: { run: make generate } }",
  },
  {
    // The job runs on every push, but its workflow allows it to fail.
    module: "github.com/caddyserver/caddy/v2",
    contract: "jobs: { cross-build.yml/build: , test: { run: go test } }",
    broken: ["error continue-on-error cross-build.yml/build cross-build.yml:51"],
  },
  {
    // Pull requests that change only ignored paths never get the checks.
    module: "github.com/docker/buildx",
    contract: "jobs: { e2e.yml/build: { uses: docker/bake-action }, validate.yml/validate: }",
    broken: ["error pending e2e.yml/build e2e.yml:23", "error pending validate.yml/validate validate.yml:25"],
  },
  {
    // The gate runs only for pull requests to branches `release-*`, and not for pushes.
    module: "github.com/prometheus/prometheus",
    contract:
      "jobs: { test_go: { run: go test ./tsdb/ }, test_windows: { run: go test }, build_all: { on: [], gate: build_all_status } }",
    broken: ["error gate build_all ci.yml:176"],
  },
  {
    // Its gate passes results to the program `opa` in a file. A script writes `go=false` in one of its branches, and
    // then the jobs that depend on it are skipped.
    module: "github.com/open-policy-agent/opa",
    contract:
      "{ gate: pr-check-summary, jobs: { go-test: { run: make test-coverage, may-skip: needs.check-changes.outputs.go != 'true' }, pull-request.yaml/race-detector: { gate: false } } }",
    broken: [
      "error skippable pull-request.yaml/race-detector pull-request.yaml:311",
      "notice gate go-test pull-request.yaml:503",
    ],
  },
  {
    module: "github.com/dapr/dapr",
    findings: [
      "warning always-true helm dapr.yml:703",
      "warning always-true helm dapr.yml:710",
      "warning always-true publish dapr.yml:522",
    ],
  },
  {
    // Three checkouts of a fork's code under pull_request_target, with a pinned version that may refuse them.
    module: "github.com/cilium/cilium",
    findings: [
      "notice refused build-and-push build-images-base.yaml:88",
      "notice refused build-and-push build-images-docs-builder.yaml:49",
      "notice refused update-pr build-images-docs-builder.yaml:112",
    ],
  },
  {
    module: "github.com/hashicorp/nomad",
    contract: "jobs: { copywrite: { run: make copywriteheaders }, tests-groups: { run: make test-nomad } }",
    broken: ["error pending tests-groups test-core.yaml:4"],
  },
  {
    module: "github.com/traefik/traefik/v3",
    contract:
      "jobs: { test-unit: { run: go test }, test-integration: { run: make test-integration }, validate: { run: make validate-files } }",
    broken: ["error pending test-integration test-integration.yaml:7", "error pending test-unit test-unit.yaml:7"],
  },
  {
    module: "go.opentelemetry.io/otel",
    contract: "jobs: { test-race: { run: make test-race }, ci.yml/lint: { run: make build }, test-compatibility: }",
  },
  { module: "github.com/moby/buildkit" },
  // `merge` checks the results of the builds in its `if`, but then merges manifests: it is not a gate.
  { module: "github.com/moby/moby" },
  { module: "sigs.k8s.io/kind" },
  { module: "github.com/tektoncd/pipeline" },
  { module: "github.com/hashicorp/terraform" },
  { module: "github.com/argoproj/argo-cd/v3" },
  { module: "github.com/grafana/loki/v3" },
  { module: "github.com/golangci/golangci-lint/v2" },
  { module: "github.com/goreleaser/goreleaser/v2" },
  { module: "github.com/sigstore/cosign/v2" },
  { module: "github.com/anchore/syft" },
  { module: "github.com/cli/cli/v2" },
];

describe("ci-contract judges the workflows of large projects", () => {
  test.each(sample(PROJECTS, 6).map((each) => [each.module, each] as const))(
    "%s",
    async (_name, { module, findings = [], contract, broken = [] }) => {
      using tree = new FileTree();
      await unzip(await bringGoModule(goProject(module)), String.raw`^\.github/workflows/[^/]*$`, tree.root);
      const files = workflowsIn(path.join(tree.root, ".github/workflows"));
      const found = await checkRepository(files);
      expect(shown(found)).toEqual(findings);
      const known = new Set(found.map(placeOf));
      const besides = (all: readonly Finding[]): Finding[] => all.filter((finding) => !known.has(placeOf(finding)));
      if (contract !== undefined)
        expect(shown(besides(await checkContract(readContract(contract, "ci-contract.yml"), files)))).toEqual(broken);
      // The suggested contract describes what the workflows do.
      const suggested = readContract(await suggestContract(files), "ci-contract.yml");
      expect(suggested.length).toBeGreaterThan(1);
      const left = besides(await checkContract(suggested, files));
      expect(left.filter(({ level }) => level !== "notice")).toEqual([]);
    },
    120_000,
  );
});

function workflowsIn(folder: string): WorkflowFile[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({
      file: `.github/workflows/${name}`,
      text: readFileSync(path.join(folder, name), "utf8"),
    }));
}

function shown(findings: readonly Finding[]): string[] {
  const texts = findings.map((finding) => `${finding.level} ${finding.rule} ${finding.job} ${placeOf(finding)}`);
  return texts.map((text) => text.replace("  ", " ")).sort();
}

function placeOf({ location }: Finding): string {
  return `${path.basename(location.file)}:${location.line}`;
}
