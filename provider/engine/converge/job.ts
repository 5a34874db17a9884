import type { Moved } from "../../agent/requests/quarantine";
import type { Declaration } from "../../intent/declaration";
import type { ProgramView } from "../../intent/merge";
import type { Difference } from "../../plan/difference";
import type { Assessment } from "../assess/assessment";
import type { DeliveredResource } from "./delivery-commands";

/** How one resource's convergence ended. */
export interface Outcome {
  readonly assessment?: Assessment;
  /** The record was written: the resource exists, whatever else went wrong. */
  readonly recorded: boolean;
  readonly error?: Error;
  /** The differences found when the run began that are now repaired. */
  readonly repaired?: readonly Difference[];
  /** The repaired entries that were moved away, with their names in the quarantine. */
  readonly moved?: Moved;
  /** How much has been removed there, as it was there for too long; told with one resource of a run. */
  readonly expired?: number;
  /** The remaining differences that the daemon may keep as they are. */
  readonly left?: readonly Difference[];
}

/** A resource that waits to be converged. */
export interface Job {
  readonly declaration: Declaration;
  readonly delivered: DeliveredResource;
  /** A process is not as declared, and its command that restarts it is to run whatever else there is to do. */
  readonly isStale: boolean;
  readonly resolve: (outcome: Outcome) => void;
  recorded: boolean;
}

/** Where jobs come from. */
export interface Queue {
  /** The program's declarations at the moment. */
  program(): ProgramView;
  /** Further jobs that have arrived meanwhile, or are about to; none to end the run. */
  more(): Promise<readonly Job[]>;
}
