import { type Reply, whyOf } from "../channel/reply";
import { notDone } from "../protocol";

/** A file that cannot be put in place. Its message follows a path, and has the host's raw text escaped. */
export class PutError extends Error {
  /** The host skipped it after another failure in its chain: that one says why. */
  readonly isPassedOver: boolean;

  constructor(message: string, status = 1) {
    super(message);
    this.isPassedOver = status === notDone;
  }
}

export function expectPut(reply: Reply): void {
  if (reply.status !== 0) throw new PutError(whyOf(reply), reply.status);
}
