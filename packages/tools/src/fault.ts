import { Fault } from "@release-actions/report";

/** A tool that is not available, or is not what it should be. */
export class ToolError extends Fault {
  override readonly name = "ToolError";
}
