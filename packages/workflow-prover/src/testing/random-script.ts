import type { Random } from "./random.ts";

const RESULTS = ["success", "failure", "cancelled", "skipped"];

/** A script as in real gates, and the results of the jobs that it checks. */
export interface RandomScript {
  readonly script: string;
  readonly env: ReadonlyMap<string, string>;
}

/** A random script of the idioms with which gates check results: loops, tests, `case`, `grep`, functions, arithmetic. */
export function randomScript(random: Random): RandomScript {
  const results = ["A", "B", "C"].map((name) => [name, random.pick(RESULTS)] as const);
  const env = new Map<string, string>([...results, ["ALL", results.map(([, result]) => result).join(" ")]]);
  const lines = Array.from({ length: 1 + random.below(4) }, () => statement(random, 2));
  const set = random.chance(20) ? [random.pick(["set +e", "set -u", "set -eo pipefail", "set -o errexit"])] : [];
  return { script: [...set, ...lines, ...(random.chance(30) ? [`exit ${random.below(2)}`] : [])].join("\n"), env };
}

function statement(random: Random, depth: number): string {
  const inner = (): string => (depth > 0 && random.chance(50) ? statement(random, depth - 1) : action(random));
  switch (random.below(depth > 0 ? 16 : 5)) {
    case 0:
      return test(random);
    case 1:
      return `${test(random)} && ${action(random)}`;
    case 2:
      return `${test(random)} || ${action(random)}`;
    case 3:
      return action(random);
    case 4:
      return `! ${test(random)}`;
    case 5:
      return `if ${test(random)}; then\n${inner()}\nelif ${test(random)}; then\n${inner()}\nelse\n${inner()}\nfi`;
    case 6:
      return `for r in ${random.pick(["$ALL", '"$A" "$B"', '"$ALL"', "success $C"])}; do\n[ "$r" = ${random.pick(RESULTS)} ] ${random.pick(["||", "&&"])} { ${action(random)}; }\ndone`;
    case 7:
      return `case "$${random.pick(["A", "B", "ALL"])}" in\nsuccess|skipped) ${action(random)} ;;\nf*) ${action(random)} ;;\n*) ${action(random)} ;;\nesac`;
    case 8:
      return `check() {\n[[ "$1" == success ]] || return 1\n${action(random)}\n}\ncheck "$${random.pick(["A", "B"])}" ${random.pick(["", "|| exit 1", "|| true", "&& echo fine"])}`;
    case 9:
      return `n=0\nfor r in $ALL; do if [ "$r" != success ]; then n=$((n+1)); fi; done\n${random.pick(["[ $n -eq 0 ]", "test $n -lt 2", "(( n == 0 ))", "if (( n > 1 )); then exit 3; fi", 'echo "n=$n" >> "$GITHUB_OUTPUT"'])}`;
    case 10:
      return `( ${inner()} )`;
    case 11:
      // The loop has no `exit`: the writer of a pipe whose reader has ended may or may not be killed, so the result would vary.
      return `for r in $ALL; do echo "$r"; done | while read -r line; do\n[ "$line" = success ] || ${random.pick(["B=bad", "echo other"])}\ndone\n[ "$B" != bad ]`;
    case 12:
      return `n=$(A=${random.pick(RESULTS)}; ${random.pick(["false; ", ""])}echo "$A")\n[ "$n" = ${random.pick(RESULTS)} ] ${random.pick(["||", "&&"])} ${action(random)}\n${test(random)}`;
    case 13:
      return `( ${random.pick(["set +e; ", "set -e; ", ""])}check() { return 0; }; C=success; ${test(random)}; ${action(random)} )\n${test(random)}`;
    case 14:
      return `n=0\n(( ${random.pick(["n == 1 && (n = 5)", "n || n++", "n += 2"])} )) || true\n[ "$n" -gt 0 ]`;
    default:
      return `while read -r line; do\n[ "$line" = success ] || ${action(random)}\ndone <<< "$${random.pick(["A", "B", "C"])}"`;
  }
}

function test(random: Random): string {
  const name = random.pick(["A", "B", "C"]);
  const result = random.pick(RESULTS);
  return random.pick([
    `[ "$${name}" = "${result}" ]`,
    `[[ "$${name}" != "${result}" ]]`,
    `[[ "$${name}" =~ ^(success|${result})$ ]]`,
    `[[ $${name} == ${result.slice(0, 2)}* ]]`,
    `[[ "$A" == success && "$B" == "${result}" ]]`,
    `test "$${name}" != ${result}`,
    `[ "$A" = success -a "$${name}" = ${result} ]`,
    `[ -n "\${${name}#${result}}" ]`,
    `echo "$ALL" | grep -q ${result}`,
    `grep -qE '${result}|cancelled' <<< "$ALL"`,
    `echo "$ALL" | tr ' ' '\\n' | grep -qv ${result}`,
    `[ "$(echo "$ALL" | tr ' ' '\\n' | sort -u)" = ${result} ]`,
    `[ "$(echo $ALL | wc -w)" -eq 3 ]`,
    `[ -z "\${${name}/${result}/}" ]`,
    `[ "\${X:-${result}}" = "$${name}" ]`,
    `[[ " $ALL " == *" ${result} "* ]]`,
  ]);
}

function action(random: Random): string {
  return random.pick([
    "exit 1",
    "exit 0",
    "false",
    "true",
    ":",
    'echo "bad"',
    'echo "ok=$A" >> "$GITHUB_OUTPUT"',
    'B="$C"',
    'x=$(echo "$A")',
    'X="$B"',
    "false || true",
    "{ echo a; false; }",
    "! false",
    "true | false",
    "false | true",
    "y=$(false)",
  ]);
}
