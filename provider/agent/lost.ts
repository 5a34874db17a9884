import { ChrootError } from "../errors";
import { showRemote } from "../model/bytes";
import { wordOf } from "./chain";

/** What is said of an agent that answers no more. */

/** The moment in which it was, by the request that has no answer. */
export function during(request: string, error: Error): Error {
  if (!(error instanceof ChrootError && ["cut", "ended", "silent"].includes(error.code))) return error;
  const word = wordOf(request);
  return error.in(phases.find(([, words]) => words.includes(word))?.[0] ?? "while looking at the jail");
}

const filesWords = ["at", "fill", "copy", "symlink", "device", "fields", "place", "back", "remove", "attempt"];

const phases: readonly (readonly [string, readonly string[]])[] = [
  ["while locking the registry", ["registry"]],
  ["while closing the daemon's directories", ["seal", "plan"]],
  ["while repairing", ["mkdir", "chown", "chmod", "acl", "powers", "quarantine", "expire"]],
  ["while putting files in place", filesWords],
  ["while opening the daemon's directories", ["relax"]],
  ["while mounting", ["fence", "mount", "remount", "unmount", "reload"]],
  ["while seeing to the log socket", ["relay", "proof"]],
  ["while removing the jail", ["clear", "empty", "uproot"]],
  ["while writing the registry", ["put", "drop", "unplace", "tidy"]],
];

/** One that has ended by itself: the commands that its host lacks, or what it has said of the last request that failed. */
export function ended(error: ChrootError, lacks: string, failure: string): ChrootError {
  if (error.code !== "ended") return error;
  if (lacks !== "")
    return notStarted(error, "").because(
      `there is no ${lacks} on the host`,
      "install what is missing: the agent is made of it",
    );
  if (failure === "") return error;
  return error.because(
    `the agent has ended: ${showRemote(failure)}`,
    "what was done so far is kept; run pulumi up again",
  );
}

/** An account that runs no commands (nologin, a forced command) says so instead of running the agent, or nothing. */
export function notStarted(lost: ChrootError, said: string): ChrootError {
  const error = lost.in("while starting the agent");
  if (error.code !== "ended") return error;
  const remedy = "log in with another user, or with a key that authorized_keys has no command= for";
  if (said.trim() === "") return error.because(error.reason, remedy);
  return error.because(`the account does not run commands, it says: ${showRemote(said)}`, remedy);
}
