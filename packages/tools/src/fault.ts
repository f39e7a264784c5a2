import { Fault } from "@release-actions/report";

/** Thrown when a tool is not available, or has the wrong version or digest. */
export class ToolError extends Fault {
  override readonly name = "ToolError";
}
