import { Fault } from "@release-actions/report";

/** An image that could not be brought into an engine, or is not the one that was expected there. */
export class ImageTransferError extends Fault {
  override readonly name = "ImageTransferError";
}
