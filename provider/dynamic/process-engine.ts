import { Engine } from "../engine/engine";
import { assessmentFolder } from "./assessments";
import { pulumiLog } from "./pulumi-log";

/** The engine of this process: Pulumi starts one process for all resources of a run, with its own address as the last argument. */
export const engine = new Engine({
  log: pulumiLog(process.argv.at(-1)),
  // Never aborted: the SDK passes no cancel of Pulumi's on to a dynamic provider.
  signal: new AbortController().signal,
  assessments: assessmentFolder(),
});
