import { RefusedError } from "@release-actions/http";

/** Thrown when a registry refuses a request or sends an invalid response. Without a status, it concerns no single response. */
export class RegistryError extends RefusedError {
  override readonly name = "RegistryError";
}
