import { Engine } from "../engine/engine";
import { pulumiLog } from "./pulumi-log";

/** The engine of this process: Pulumi starts one process for all resources of a run, with its own address as the last argument. */
export const engine = new Engine(pulumiLog(process.argv.at(-1)));
