import { Fault } from "@release-actions/report";

/** An image that could not be transferred to an engine or is not the expected one. */
export class ImageTransferError extends Fault {
  override readonly name = "ImageTransferError";
}
