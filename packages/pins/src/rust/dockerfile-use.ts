import type { Dockerfile } from "@release-actions/dockerfile";
import { isAside, type RustPlace } from "./place.ts";

const FOR_CHECKS =
  /(^|[/._-])(dev|develop|development|test|tests|testing|ci|lint|bench|benchmark|devcontainer|gitpod|local)(?=$|[/._-])/i;

/** Whether the image of a Dockerfile is shipped, used for checks or used by developers. */
export function useOfDockerfile(dockerfile: Dockerfile): RustPlace["use"] {
  const { file } = dockerfile;
  if (/(^|\/)\.(devcontainer|gitpod|codespaces)/.test(file)) return "develops";
  return isAside(file) || FOR_CHECKS.test(file) || startsCargo(dockerfile) ? "checks" : "ships";
}

/** Whether the container runs cargo (`cargo test`, `cargo run`). Such an image is not shipped. */
function startsCargo({ stages }: Dockerfile): boolean {
  const commands = (stages.at(-1)?.instructions ?? []).filter((each) =>
    ["CMD", "ENTRYPOINT"].includes(each.getKeyword()),
  );
  return commands.some((each) => /^(\[\s*")?cargo\b/.test(each.getArgumentsContent() ?? ""));
}
