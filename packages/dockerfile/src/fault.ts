import { Fault } from "@release-actions/report";

/** A Dockerfile that BuildKit would refuse, or that says something this parser does not know, with the line. */
export class DockerfileError extends Fault {
  override readonly name = "DockerfileError";
}
