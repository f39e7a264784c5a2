import type { Dockerfile } from "@release-actions/dockerfile";
import { isAside, type RustPlace } from "./place.ts";

const FOR_CHECKS =
  /(^|[/._-])(dev|develop|development|test|tests|testing|ci|lint|bench|benchmark|devcontainer|gitpod|local)(?=$|[/._-])/i;

/** Who uses what a Dockerfile makes. */
export function useOfDockerfile(dockerfile: Dockerfile): RustPlace["use"] {
  const { file } = dockerfile;
  if (/(^|\/)\.(devcontainer|gitpod|codespaces)/.test(file)) return "develops";
  return isAside(file) || FOR_CHECKS.test(file) || startsCargo(dockerfile) ? "checks" : "ships";
}

/** Whether its container runs `cargo test`, `cargo run` and the like: what is in it is not handed to anybody. */
function startsCargo({ stages }: Dockerfile): boolean {
  const commands = (stages.at(-1)?.instructions ?? []).filter((each) =>
    ["CMD", "ENTRYPOINT"].includes(each.getKeyword()),
  );
  return commands.some((each) => /^(\[\s*")?cargo\b/.test(each.getArgumentsContent() ?? ""));
}
