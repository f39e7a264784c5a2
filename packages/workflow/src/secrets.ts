import { posix } from "node:path";
import type { Location } from "@release-actions/report";
import type { YamlNode } from "@release-actions/yaml";
import { ExpressionFault, parseExpression } from "./expression.ts";
import { expandMatrix } from "./matrix.ts";
import { secretPaths } from "./secret-paths.ts";
import type { Job, Workflow } from "./workflow.ts";

/** A secret that a workflow reads from the repository's settings. */
export interface UsedSecret {
  /** The name in upper case, as the settings show it. */
  readonly name: string;
  readonly location: Location & { readonly line: number };
  /** Whether the workflow works without the secret: it has an alternative (`secrets.A || github.token`) or tests whether the secret is set. */
  readonly isOptional: boolean;
  /** Whether the job that reads it has `id-token: write`. With identity tokens, npm and clouds do not need a secret. */
  readonly hasIdentity: boolean;
}

/** The secrets that a folder of workflows reads from the repository. */
export interface SecretUsage {
  readonly secrets: readonly UsedSecret[];
  /** Places that pass secrets to a workflow in another repository, or read a secret whose name is known only in a run. */
  readonly open: readonly (Location & { readonly line: number })[];
}

/** The key whose value is an expression even without `${{ }}`. */
const CONDITION = "if";

/**
 * The secrets that workflows read from their repository. The token of the run is left out. So are secrets that callers
 * pass to a reusable workflow (`on.workflow_call.secrets`), unless that workflow also starts by other events, or a
 * workflow in the same folder passes all secrets to it (`secrets: inherit`).
 */
export function secretUsage(workflows: readonly Workflow[]): SecretUsage {
  const inheriting = inheritingFiles(workflows);
  const secrets: UsedSecret[] = [];
  const open: SecretUsage["open"][number][] = [];
  for (const workflow of workflows) {
    const isOwn = workflow.triggers.some(({ event }) => event !== "workflow_call");
    const declared = workflow.root.get("on").get("workflow_call").get("secrets").entries();
    const isGiven = !isOwn && !inheriting.has(posix.basename(workflow.file));
    const ignored = new Set(["GITHUB_TOKEN", ...(isGiven ? declared.map(([name]) => name.toUpperCase()) : [])]);
    const found = readsOf(workflow);
    secrets.push(...found.secrets.filter(({ name }) => !ignored.has(name)));
    const elsewhere = workflow.jobs.filter((job) => handedSecrets(job) === "all" && !isAmong(job.uses, workflows));
    open.push(...found.open, ...elsewhere.map(({ location }) => location));
  }
  return { secrets, open };
}

/** The names of the secrets that a job passes to the reusable workflow that it calls, in upper case; "all" for `secrets: inherit`. */
export function handedSecrets({ node }: Job): readonly string[] | "all" {
  const secrets = node.get("secrets");
  return secrets.text === "inherit" ? "all" : secrets.entries().map(([name]) => name.toUpperCase());
}

/** The names of workflow files that get all secrets, from these workflows or through others that get all secrets. */
function inheritingFiles(workflows: readonly Workflow[]): ReadonlySet<string> {
  const jobs = workflows.flatMap((workflow) => workflow.jobs);
  const called = jobs.filter((job) => isBeside(job.uses) && handedSecrets(job) === "all");
  return new Set(called.map(({ uses = "" }) => posix.basename(uses)));
}

function isAmong(uses: string | undefined, workflows: readonly Workflow[]): boolean {
  return isBeside(uses) && workflows.some(({ file }) => posix.basename(file) === posix.basename(uses ?? ""));
}

function isBeside(uses: string | undefined): boolean {
  // `$/` means the repository of the workflow, `./` the repository of the checkout (docs: "Reusing workflow configurations").
  return /^(\.|\$)\//.test(uses ?? "");
}

/** Whether a job has `id-token: write`, by its own permissions or by those of the workflow. */
export function hasIdentity({ node, workflow }: Job): boolean {
  const own = node.get("permissions");
  const permissions = own.isPresent ? own : workflow.root.get("permissions");
  return permissions.get("id-token").text === "write" || permissions.text === "write-all";
}

function readsOf({ root, jobs }: Workflow): SecretUsage {
  const outside = root.entries().filter(([key]) => key !== "jobs");
  const outsideJobs = { hasIdentity: false, matrix: undefined, visited: new Set<object>() };
  return together([
    ...outside.map(([key, node]) => namesIn(node, key, outsideJobs)),
    ...jobs.map((job) => {
      const matrix = job.node.get("strategy").get("matrix");
      return namesIn(job.node, "", { hasIdentity: hasIdentity(job), matrix, visited: new Set() });
    }),
  ]);
}

interface Surroundings {
  readonly hasIdentity: boolean;
  readonly matrix: YamlNode | undefined;
  /** The mappings and lists that were already read. Each is read once, because aliases can expand to gigabytes or refer to themselves. */
  readonly visited: Set<object>;
}

function namesIn(node: YamlNode, key: string, around: Surroundings): SecretUsage {
  if (node.isMap || node.isList) {
    if (around.visited.has(node.identity)) return { secrets: [], open: [] };
    around.visited.add(node.identity);
  }
  if (node.isMap) return together(node.entries().map(([name, value]) => namesIn(value, name, around)));
  if (node.isList) return together(node.items().map((item) => namesIn(item, "", around)));
  const text = node.text ?? "";
  const expressions = [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map(([, inner = ""]) => inner);
  if (key === CONDITION && expressions.length === 0) expressions.push(text);
  const reads = expressions.flatMap((expression) => readsIn(expression, around));
  const { location } = node;
  const secrets = reads.flatMap(({ name, isOptional }): UsedSecret[] => {
    if (name === undefined) return [];
    const hasAlternative = isOptional || key === CONDITION;
    return [{ name: name.toUpperCase(), location, isOptional: hasAlternative, hasIdentity: around.hasIdentity }];
  });
  return { secrets, open: reads.some(({ name }) => name === undefined) ? [location] : [] };
}

function readsIn(expression: string, { matrix }: Surroundings) {
  if (!/\bsecrets\b/i.test(expression)) return [];
  try {
    const matrixes = matrix === undefined ? [] : (expandMatrix(matrix) ?? []);
    return secretPaths(parseExpression(expression), matrixes);
  } catch (error) {
    if (error instanceof ExpressionFault) return []; // GitHub refuses the expression too, so it reads no secret.
    throw error;
  }
}

function together(parts: readonly SecretUsage[]): SecretUsage {
  return { secrets: parts.flatMap(({ secrets }) => secrets), open: parts.flatMap(({ open }) => open) };
}
