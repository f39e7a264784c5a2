import { isAside, type RustPlace } from "./place.ts";

const FOR_CHECKS =
  /(^|[/._-])(dev|develop|development|test|tests|testing|ci|lint|bench|benchmark|devcontainer|gitpod|local)(?=$|[/._-])/i;

/** Who uses what a Dockerfile makes. */
export function useOfDockerfile(file: string): RustPlace["use"] {
  if (/(^|\/)\.(devcontainer|gitpod|codespaces)/.test(file)) return "develops";
  return isAside(file) || FOR_CHECKS.test(file) ? "checks" : "ships";
}
