import { Fault, type FaultDetails } from "@release-actions/report";

/** The engine answered with an error: an HTTP status, or an error inside a stream of messages. */
export class EngineError extends Fault {
  override readonly name: string = "EngineError";
  /** The HTTP status; undefined for an error inside a stream whose status was 200. */
  readonly status: number | undefined;
  /** The engine's message without any context. */
  readonly said: string;

  constructor(doing: string, said: string, details: FaultDetails & { status?: number } = {}) {
    super(`${doing}: the engine says: ${said}`, details);
    this.status = details.status;
    this.said = said;
  }
}

/**
 * A pull that ended without an error, but left an incomplete image. The containerd store does not download layers that
 * are already unpacked, for example by a build, and then reports the image as missing.
 */
export class IncompleteImageError extends EngineError {
  override readonly name = "IncompleteImageError";

  constructor(doing: string, said: string) {
    super(doing, said, {
      advice:
        "The engine already has some of its layers unpacked, for example from a build, and does not download those: remove them with `docker builder prune --all`.",
    });
  }
}

/** The connection to the engine broke before the answer was complete: it was restarted, killed, or ran out of memory. */
export class EngineConnectionLost extends Fault {
  override readonly name = "EngineConnectionLost";
}

/** No engine answers. The message lists what was tried, and why each failed. */
export class EngineNotFound extends Fault {
  override readonly name = "EngineNotFound";
}
