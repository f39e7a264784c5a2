import { SetupError } from "./fault.ts";

const TRIPLE = /^[a-z0-9_]+(-[a-z0-9_.]+){1,3}$/;

/** The targets a job builds for: those given, else `matrix.targets`, else none, which means the host. */
export function chooseTargets(given: readonly string[], matrix: string | undefined): readonly string[] {
  const targets = given.length > 0 ? given : matrixTargets(matrix ?? "");
  for (const target of targets) {
    if (!TRIPLE.test(target)) {
      throw new SetupError(`"${target}" is no target triple: expected one such as x86_64-unknown-linux-musl`);
    }
  }
  return [...new Set(targets)];
}

/** cargo-dist's matrix has a list of triples in `targets`; a job without a matrix has `null` for one. */
function matrixTargets(text: string): readonly string[] {
  const matrix = parse(text);
  if (typeof matrix !== "object" || matrix === null) return [];
  const targets: unknown = Reflect.get(matrix, "targets");
  if (targets === undefined || targets === null) return [];
  if (Array.isArray(targets) && targets.every((target) => typeof target === "string")) return targets;
  throw new SetupError(`matrix.targets is ${JSON.stringify(targets)}, expected a list of target triples`, {
    advice: "Set `targets`.",
  });
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`input \`matrix\` is no JSON: ${text.slice(0, 80)}`, { cause: error });
  }
}
