import { Fault, type Location } from "@release-actions/report";

/** A Dockerfile that BuildKit would refuse or that this parser does not support. The location has the line. */
export class DockerfileError extends Fault {
  override readonly name = "DockerfileError";
}

export function faultAt(location: Location, message: string): DockerfileError {
  return new DockerfileError(`${location.file}:${location.line}: ${message}`, { location });
}
