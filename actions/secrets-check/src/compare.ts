import { inheritsSecrets, readWorkflow, secretsOf, type UsedSecret } from "@release-actions/workflow";
import { type Expectation, partnersOf } from "./expectation.ts";
import type { Finding } from "./finding.ts";

export interface WorkflowFile {
  readonly file: string;
  readonly text: string;
}

/** The secrets that the workflows of a folder read. */
export interface Usage {
  readonly secrets: readonly UsedSecret[];
  /** Whether one of them passes on all secrets, so that others may be used where nobody sees it. */
  readonly isOpen: boolean;
}

export function findUsage(files: readonly WorkflowFile[]): Usage {
  const workflows = files.map(({ file, text }) => readWorkflow(text, file));
  return { secrets: workflows.flatMap(secretsOf), isOpen: workflows.some(inheritsSecrets) };
}

/** Secrets that are expected and used nowhere, and those that are used and not expected. */
export function compareUsage(expectations: readonly Expectation[], usage: Usage): Finding[] {
  const expected = expectations
    .filter(({ kind }) => kind !== "npm-oidc")
    .flatMap((expectation) => [expectation.name, ...partnersOf(expectation)].map((name) => name.toUpperCase()));
  const used = new Set(usage.secrets.map(({ name }) => name));
  const unused = usage.isOpen ? [] : expected.filter((name) => !used.has(name));
  const unexpected = [...used].filter((name) => !expected.includes(name));
  return [
    ...unused.map(
      (name): Finding => ({
        name,
        problem: "unused",
        level: "warning",
        message: "it is expected, and no workflow uses it",
      }),
    ),
    ...unexpected.map((name): Finding => {
      const { file, line } = usage.secrets.find((secret) => secret.name === name)?.location ?? {};
      return {
        name,
        problem: "unexpected",
        level: "warning",
        message: `${file}:${line} uses it, and nobody expects it`,
      };
    }),
  ];
}
