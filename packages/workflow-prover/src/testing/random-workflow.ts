import type { Random } from "./random.ts";

const EVENT_ATOMS = [
  "github.event_name == 'push'",
  "github.event_name != 'pull_request'",
  "github.event_name == 'SCHEDULE'",
  "github.ref == 'refs/heads/main'",
  "github.ref == 'main'",
  "github.ref_name == 'main'",
  "github.ref_name == 'dev'",
  "github.ref_type == 'tag'",
  "startsWith(github.ref, 'refs/tags/v')",
  "startsWith(github.ref, 'refs/heads/')",
  "startsWith(github.ref, 'refs/pull/')",
  "contains(github.ref, '-rc')",
  "endsWith(github.ref_name, '-rc')",
  "github.base_ref == 'main'",
  "github.base_ref == 'release/1'",
  "github.head_ref == github.base_ref",
  "github.head_ref != ''",
  "github.repository == 'org/app'",
  "github.repository_owner == 'org'",
  "github.event.pull_request.head.repo.full_name == github.repository",
  "github.event.pull_request.head.repo.full_name != github.repository",
  "github.event.pull_request.head.repo.fork == 'true'",
  "github.event.pull_request.draft == false",
  "github.event.pull_request.draft",
  "github.event.pull_request.merged == true",
  "github.event.action == 'opened'",
  "github.event.action == 'closed'",
  "github.event.schedule == '0 1 * * *'",
  "github.event.schedule == '0 3 * * *'",
  "inputs.flag",
  "inputs.flag == 'true'",
  "github.event.inputs.flag == 'true'",
  "inputs.kind == 'a'",
  "inputs.kind == 'c'",
  "vars.X == 'a'",
  "vars.X",
  "vars.X == vars.Y",
  "github.ref_name == github.event.repository.default_branch",
  "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)",
  `contains(fromJSON('["main", "dev"]'), github.ref_name)`,
  "contains('main dev', github.ref_name)",
  "contains(github.event.pull_request.labels.*.name, 'ci')",
  "github.actor == 'dependabot[bot]'",
  "true",
  "false",
];

const STATUS = ["success()", "failure()", "always()", "cancelled()", "!cancelled()", "!failure()"];
const RESULTS = ["success", "failure", "cancelled", "skipped"];

const TRIGGERS = [
  "push:",
  "push: { branches: [main, 'release/*'] }",
  "push: { branches: ['**', '!dev'] }",
  "push: { branches-ignore: [main] }",
  "push: { tags: ['v*'] }",
  "push: { tags: ['**[0-9]+.[0-9]+*'] }",
  "push: { branches: ['!main', 'dev'] }",
  "pull_request:",
  "pull_request: { branches: [main] }",
  "pull_request: { types: [closed] }",
  "pull_request: { types: [opened, closed, labeled] }",
  "pull_request_target:",
  "pull_request_target: { types: [closed] }",
  "schedule: [{ cron: '0 1 * * *' }, { cron: '0 2 * * *' }]",
  "workflow_dispatch: { inputs: { flag: { type: boolean }, kind: { type: choice, options: [a, b] } } }",
  "release: { types: [published] }",
  "merge_group:",
];

/** A small random workflow of up to four jobs, in which many things are possible and many are not. */
export function randomWorkflow(random: Random): string {
  const triggers = new Map<string, string>();
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    const trigger = random.pick(TRIGGERS);
    triggers.set(trigger.split(":")[0] ?? "", trigger);
  }
  const jobs = ["a", "b", "c", "d"].slice(0, 1 + random.below(4));
  const lines = jobs.flatMap((id, index) => jobLines(id, jobs.slice(0, index), random));
  return ["on:", ...[...triggers.values()].map((trigger) => `  ${trigger}`), "jobs:", ...lines, ""].join("\n");
}

function jobLines(id: string, before: readonly string[], random: Random): string[] {
  const needs = before.filter(() => random.chance(55));
  const output = random.pick(["'1'", "'true'", "${{ github.event_name == 'push' }}", "${{ vars.X }}", ""]);
  return [
    `  ${id}:`,
    "    runs-on: x",
    ...(needs.length === 0 ? [] : [`    needs: [${needs.join(", ")}]`]),
    ...(random.chance(75) ? conditionLines(condition(needs, random, 2), random) : []),
    ...(random.chance(10) ? ["    continue-on-error: true"] : []),
    ...(output === "" ? [] : [`    outputs: { o: ${JSON.stringify(output.replaceAll(/^'|'$/g, ""))} }`]),
    "    steps: [{ run: make }]",
  ];
}

function conditionLines(text: string, random: Random): string[] {
  if (random.chance(5)) return ["    if: |", `      \${{ ${text} }}`];
  if (random.chance(5)) return ["    if: |", `      ${text}`];
  if (random.chance(5)) return [`    if: ${JSON.stringify(`\${{ ${text} }} && true`)}`];
  return [`    if: ${JSON.stringify(random.chance(30) ? `\${{ ${text} }}` : text)}`];
}

function condition(needs: readonly string[], random: Random, depth: number): string {
  if (depth > 0 && random.chance(60)) {
    const [left, right] = [condition(needs, random, depth - 1), condition(needs, random, depth - 1)];
    return `(${left}) ${random.pick(["&&", "&&", "||"])} (${right})`;
  }
  if (random.chance(10)) return `!(${condition(needs, random, 0)})`;
  if (needs.length > 0 && random.chance(40)) {
    const need = random.pick(needs);
    if (random.chance(50)) return `needs.${need}.result ${random.pick(["==", "!="])} '${random.pick(RESULTS)}'`;
    return `needs.${need}.outputs.o == ${random.pick(["'1'", "'true'", "true", "'a'"])}`;
  }
  return random.chance(30) ? random.pick(STATUS) : random.pick(EVENT_ATOMS);
}
