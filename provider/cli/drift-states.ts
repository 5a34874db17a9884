import { existsSync } from "node:fs";
import { readExports } from "../drift/read-exports";
import { readStates } from "../drift/read-states";
import type { StackState } from "../drift/stack-state";
import { stackName } from "../rollout/stack-name";
import { CommandError } from "./command-error";
import { fleetNames, projectFolders } from "./project-folders";

/** The choice of stacks beside their names. */
export interface StateOptions {
  readonly all?: boolean;
  readonly export?: readonly string[];
}

/** The states of the stacks that the command names, or else of all stacks that its folder means. */
export async function statesOf(
  stacks: readonly string[],
  options: StateOptions,
  signal: AbortSignal,
): Promise<StackState[]> {
  const fleets = fleetNames(process.cwd());
  return (await read(stacks, options, signal)).map((state) => withUnit(state, fleets));
}

/** A stack of a fleet in this folder has the name of its unit, but where that had to be translated. */
function withUnit(state: StackState, fleets: readonly string[]): StackState {
  const [project = "", stack = ""] = state.name.split("/").slice(-2);
  return fleets.includes(project) && stackName(stack) === stack ? { ...state, unit: stack } : state;
}

async function read(
  stacks: readonly string[],
  { all = false, export: files }: StateOptions,
  signal: AbortSignal,
): Promise<StackState[]> {
  if (files) return readExports(files);
  const here = process.cwd();
  if (all || stacks.length > 0) return readStates({ stacks: all ? "backend" : stacks, directory: here, signal });
  const folders = projectFolders(here);
  if (folders.length === 0 && existsSync("fleet.ts"))
    throw new CommandError("this fleet has no stack yet: run npx pulumi-chroot rollout first, or name stacks");
  // Without a project Pulumi says what is missing.
  const states = await Promise.all(
    (folders.length > 0 ? folders : [here]).map((directory) => readStates({ stacks: "project", directory, signal })),
  );
  return states.flat();
}
