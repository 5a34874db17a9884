import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { messageOf } from "../errors";
import { atMost } from "../model/at-most";
import { withoutUrlSecrets } from "../model/url-secrets";
import { isMap } from "../model/values";
import { type StackState, stackStateOf, unreadState } from "./stack-state";

/** The stacks whose states are read. */
export interface StackChoice {
  /**
   * `project`: all stacks of the project in the directory; `backend`: all that the backend has; or names, as `pulumi stack ls`
   * prints them.
   */
  readonly stacks: "project" | "backend" | readonly string[];
  /** The directory of the project. */
  readonly directory: string;
  /** The environment of the CLI, which has the backend and the passphrase. Default this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** How many CLI processes run together. Default the number of processors: each is busy for half a second and more. */
  readonly width?: number;
  readonly signal?: AbortSignal;
}

/** Runs a command of the CLI, and gives what it prints. */
type Cli = (...args: readonly string[]) => Promise<string>;

/**
 * Reads the states of stacks by the Pulumi CLI, with their secrets in the clear: these stay in memory. A stack whose state cannot
 * be read is among the states, with the reason. Rejects where there is no CLI, no project or no backend. A locked stack is read
 * like any other.
 */
export async function readStates(choice: StackChoice): Promise<StackState[]> {
  const { stacks, width = availableParallelism() } = choice;
  const cli = cliOf(choice);
  const names = typeof stacks === "string" ? await namesOf(cli, stacks) : stacks;
  const states = await atMost(width, names, (name) => readState(cli, name));
  choice.signal?.throwIfAborted();
  return states;
}

/** The commands of the Automation API, without it: it takes a second to load, and its errors have in them all that was printed. */
function cliOf({ directory: cwd, env = process.env, signal }: StackChoice): Cli {
  const variables = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return async (...args) => {
    const options = { cwd, env: variables, maxBuffer: Number.POSITIVE_INFINITY, ...(signal ? { signal } : {}) };
    const ran = await promisify(execFile)("pulumi", [...args, "--non-interactive", "--color", "never"], options);
    return ran.stdout;
  };
}

async function namesOf(cli: Cli, stacks: "project" | "backend"): Promise<string[]> {
  const flags = stacks === "backend" ? ["--all"] : [];
  const listed = await cli("stack", "ls", "--json", ...flags).catch((error: unknown) => {
    throw new Error(`the stacks of the ${stacks} cannot be listed: ${reasonOf(error)}`);
  });
  const list: unknown = JSON.parse(listed);
  return Array.isArray(list) ? list.filter(isMap).map(({ name }) => String(name)) : [];
}

async function readState(cli: Cli, name: string): Promise<StackState> {
  return cli("stack", "export", "--show-secrets", "--stack", name).then(
    (text) => stackStateOf(name, text),
    (error: unknown) => unreadState(name, reasonOf(error)),
  );
}

/** The CLI's own words, but for the secrets in the backend's URL. Nothing that it prints as a result goes into an error. */
function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === "ENOENT")
    return "there is no `pulumi` on the PATH, or no such directory; files that `pulumi stack export` has written need none";
  if (typeof stderr !== "string") return messageOf(error);
  return withoutUrlSecrets(stderr.replace(/^error: /, "").trim()) || `pulumi has ended with ${String(code)}`;
}
