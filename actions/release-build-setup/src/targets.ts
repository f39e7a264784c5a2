import { SetupError } from "./fault.ts";

const TRIPLE = /^[a-z0-9_]+(-[a-z0-9_.]+){1,3}$/;

/** The targets of a job: those of the input, else those of its matrix; empty means the host. */
export function chooseTargets(given: readonly string[], matrix: string | undefined): readonly string[] {
  const targets = given.length > 0 ? given : matrixTargets(matrix ?? "");
  for (const target of targets) {
    if (!TRIPLE.test(target)) {
      throw new SetupError(`"${target}" is not a target triple: expected one such as x86_64-unknown-linux-musl`);
    }
  }
  return [...new Set(targets)];
}

/**
 * Reads the targets of a matrix. cargo-dist's has a list of triples in `targets`; most others have one triple in
 * `target`, some in a nested field such as `matrix.platform.target`. Without a matrix, the JSON is `null`.
 */
function matrixTargets(text: string): readonly string[] {
  const matrix = parse(text);
  if (typeof matrix !== "object" || matrix === null || Object.keys(matrix).length === 0) return [];
  const tables = [matrix, ...Object.values(matrix).filter((value) => typeof value === "object" && value !== null)];
  for (const table of tables) {
    for (const key of ["targets", "target"]) {
      const targets: unknown = Reflect.get(table, key);
      if (targets !== undefined && targets !== null) return asTriples(targets, key);
    }
  }
  throw new SetupError(
    `the job's matrix has neither \`target\` nor \`targets\`, but ${Object.keys(matrix).join(", ")}, so the target is unknown`,
    { advice: "Set `targets`, or `matrix: null` to build for the runner itself." },
  );
}

function asTriples(targets: unknown, key: string): readonly string[] {
  const list = typeof targets === "string" && key === "target" ? [targets] : targets;
  if (Array.isArray(list) && list.every((target) => typeof target === "string")) return list;
  const expected = key === "target" ? "a target triple" : "a list of target triples";
  throw new SetupError(`matrix.${key} is ${JSON.stringify(targets)}, expected ${expected}`, {
    advice: "Set `targets`.",
  });
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`input \`matrix\` is not JSON: ${text.slice(0, 80)}`, { cause: error });
  }
}
