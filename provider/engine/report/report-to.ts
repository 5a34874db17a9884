import type { Site } from "../../agent/site";
import type { Log } from "../log/log";

/** The resource that lines are about, and the log that they go to. */
export interface ReportTo {
  readonly site: Site;
  readonly urn: string;
  readonly log: Log;
}
