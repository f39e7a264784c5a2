import { Fault, type Location } from "@release-actions/report";
import { type Combination, ExpressionFault, parseYaml, type YamlNode } from "@release-actions/workflow";
import { type Condition, readCondition } from "@release-actions/workflow-prover";

/** What a contract promises about one job. */
export interface Promised {
  /** As the contract names it: `test`, or `ci.yml/test`. */
  readonly name: string;
  readonly job: string;
  /** The workflow's file name; undefined when the job may be in any workflow. */
  readonly workflow: string | undefined;
  /** The words of each command. */
  readonly run: readonly (readonly string[])[];
  readonly uses: readonly string[];
  /** The combinations that the matrix must cover. */
  readonly matrix: readonly Combination[];
  /** The events on which the job must run; undefined means those that a change triggers on its way to main. */
  readonly on: readonly string[] | undefined;
  readonly gate: string | undefined;
  /** The condition under which the job may be skipped; `true` means any condition. */
  readonly maySkip: Condition | undefined;
  readonly location: Location & { readonly line: number };
}

/** An invalid contract; the error lists all mistakes at once. */
export class ContractError extends Fault {
  override readonly name = "ContractError";
}

const JOB_ID = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const JOB_NAME = /^(?:([^/\s]+\.ya?ml)\/)?([A-Za-z_][A-Za-z0-9_-]*)$/;
const CONTRACT_KEYS = ["gate", "jobs"];
const JOB_KEYS = ["workflow", "run", "uses", "matrix", "on", "gate", "may-skip"];
const ADVICE = "contract.schema.json beside the action describes the format.";

/**
 * Reads a contract, as `contract.schema.json` describes it.
 *
 * @throws YamlError when it is not YAML, ContractError when it is not a contract.
 */
export function readContract(text: string, file: string): Promised[] {
  const root = parseYaml(text, file);
  const mistakes = new Mistakes();
  mistakes.checkKeys(root, "the contract", CONTRACT_KEYS);
  const gate = mistakes.jobId(root.get("gate"), "`gate`");
  const jobs = root.get("jobs").entries();
  if (jobs.length === 0) mistakes.add(root.get("jobs"), "`jobs` must name at least one job");
  const promised = jobs.map(([job, node]) => readPromised(job, node, gate, mistakes));
  mistakes.throwAny();
  return promised;
}

function readPromised(name: string, node: YamlNode, gate: string | undefined, mistakes: Mistakes): Promised {
  const what = `job \`${name}\``;
  const [isName, file, job = name] = JOB_NAME.exec(name) ?? [];
  if (isName === undefined) mistakes.add(node, `${what}: no job can have this id`);
  const workflow = mistakes.text(node.get("workflow"), `${what}: \`workflow\``);
  if (file !== undefined && workflow !== undefined && workflow !== file)
    mistakes.add(node.get("workflow"), `${what}: \`workflow\` is ${workflow}, expected ${file} or nothing`);
  mistakes.checkKeys(node, what, JOB_KEYS);
  const own = node.get("gate");
  const on = node.get("on");
  const events = isEmptyList(on) ? [] : mistakes.texts(on, `${what}: \`on\``);
  return {
    name,
    job,
    workflow: file ?? workflow,
    run: mistakes.texts(node.get("run"), `${what}: \`run\``).map((command) => command.trim().split(/\s+/)),
    uses: mistakes.texts(node.get("uses"), `${what}: \`uses\``),
    matrix: readMatrix(node.get("matrix"), what, mistakes),
    on: on.isPresent ? events : undefined,
    gate: own.value === false ? undefined : (mistakes.jobId(own, `${what}: \`gate\``) ?? gate),
    maySkip: readMaySkip(node.get("may-skip"), what, mistakes),
    location: node.location,
  };
}

function readMaySkip(node: YamlNode, what: string, mistakes: Mistakes): Condition | undefined {
  try {
    return node.value === false ? undefined : readCondition(node);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    mistakes.add(node, `${what}: \`may-skip\` must be a condition such as needs.changes.outputs.rust != 'true'`);
    return undefined;
  }
}

function isEmptyList(node: YamlNode): boolean {
  return node.isList && node.items().length === 0;
}

function readMatrix(node: YamlNode, what: string, mistakes: Mistakes): Combination[] {
  if (!node.isPresent) return [];
  if (!node.isMap || node.entries().length === 0)
    mistakes.add(node, `${what}: \`matrix\` must list values for each axis`);
  return node.entries().reduce<Combination[]>(
    (combinations, [axis, values]) => {
      const listed = values.items().map((item) => item.value);
      if (listed.length === 0) mistakes.add(values, `${what}: \`matrix.${axis}\` must be a list of values`);
      return combinations.flatMap((combination) => listed.map((value) => ({ ...combination, [axis]: value })));
    },
    [{}],
  );
}

/** Collects the mistakes of a contract, so that people can correct all of them at once. */
class Mistakes {
  readonly #found: { readonly message: string; readonly location: Location }[] = [];

  add(node: YamlNode, message: string): void {
    this.#found.push({ message, location: node.location });
  }

  checkKeys(node: YamlNode, what: string, known: readonly string[]): void {
    if (node.isPresent && !node.isMap) this.add(node, `${what} must be a mapping`);
    for (const [key, value] of node.entries()) {
      if (!known.includes(key)) this.add(value, `${what}: \`${key}\` is unknown, expected ${known.join(", ")}`);
    }
  }

  text(node: YamlNode, what: string): string | undefined {
    if (!node.isPresent) return undefined;
    if (typeof node.value === "string" && node.value.trim() !== "") return node.value;
    this.add(node, `${what} must be a text`);
    return undefined;
  }

  texts(node: YamlNode, what: string): string[] {
    if (!node.isPresent) return [];
    const items = node.isList ? node.items() : [node];
    if (items.length === 0) this.add(node, `${what} must not be empty`);
    return items.flatMap((item) => this.text(item, what) ?? []);
  }

  jobId(node: YamlNode, what: string): string | undefined {
    const id = this.text(node, what);
    if (id === undefined || JOB_ID.test(id)) return id;
    this.add(node, `${what} must be the id of a job`);
    return undefined;
  }

  throwAny(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    const lines = this.#found.map(({ message, location }) => `${location.file}:${location.line}: ${message}`);
    throw new ContractError(lines.join("\n"), { location: first.location, advice: ADVICE });
  }
}
