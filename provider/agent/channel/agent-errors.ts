import { ChrootError } from "../../errors";
import { showRemote } from "../../model/bytes";
import { phaseOf } from "../protocol";

/** The errors of an agent that has ended or answers no more. */

/** Adds the phase of the request that has no answer. */
export function during(request: string, error: Error): Error {
  if (!(error instanceof ChrootError && ["cut", "ended", "silent"].includes(error.code))) return error;
  return error.in(phaseOf(request));
}

/** The error of an agent that ended by itself: its host lacks commands, or its last failure says why. */
export function ended(error: ChrootError, lacks: string, failure: string): ChrootError {
  if (error.code !== "ended") return error;
  if (lacks !== "")
    return notStarted(error, "").because(
      `there is no ${lacks} on the host`,
      "install it: the agent needs this command",
    );
  if (failure === "") return error;
  return error.because(
    `the agent has ended: ${showRemote(failure)}`,
    "finished changes are kept; run the command again",
  );
}

/** The error of an agent whose first line does not come, while its account prints on and on. */
export function notGreeted(): ChrootError {
  return new ChrootError("unsupported", {
    what: "cannot start the agent",
    where: "",
    why: "the account prints a text of more than 16 MB at login",
    remedy: "find the program that prints it, in the account's shell or in its login files on the host",
  });
}

/**
 * The error of an agent that did not start: an account without commands (nologin, a forced command) prints a text
 * instead, or nothing.
 */
export function notStarted(lost: ChrootError, said: string): ChrootError {
  const error = lost.in("while starting the agent");
  if (error.code !== "ended") return error;
  const remedy = "log in with another user, or with a key that authorized_keys has no command= for";
  if (said.trim() === "") return error.because(error.reason, remedy);
  return error.because(`the account does not run commands, it says: ${showRemote(said)}`, remedy);
}
