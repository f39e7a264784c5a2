import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import type { WorkflowFile } from "@release-actions/workflow";
import { checkContract } from "../../actions/ci-contract/src/check-contract.ts";
import { checkRepository } from "../../actions/ci-contract/src/check-repository.ts";
import { readContract } from "../../actions/ci-contract/src/contract.ts";
import type { Finding } from "../../actions/ci-contract/src/finding.ts";
import { suggestContract } from "../../actions/ci-contract/src/suggest.ts";
import { bringGoModule, sample } from "./bring.ts";
import { goProject } from "./go-projects.ts";
import { readRows } from "./rows.ts";
import { unzip } from "./unzip.ts";

jest.setTimeout(120_000);

interface Judged {
  readonly module: string;
  readonly findings?: readonly string[];
  readonly contract?: string;
  readonly broken?: readonly string[];
}

const PROJECTS = readRows<Judged>("judged-workflows.yml", ["module", "findings", "contract", "broken"]);

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
