import { runShell, type ShellEnd } from "../agent/shell-command";
import { ChrootError, type ErrorCode } from "../errors";
import { showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import type { HostConnections } from "../ssh/connections";
import { userAndPort } from "../ssh/route";
import type { Failure, Target } from "./target";

/** Failures that no later try mends. More logins with a refused key or password could lock the account. */
const finalCodes: readonly ErrorCode[] = ["host-key", "authentication", "not-root", "unsupported"];

/** Whether a unit is active. The name has no character that sh would read within quotes: the declaration's check refuses these. */
export function unitTarget(connections: HostConnections, connection: Connection, unit: string): Target {
  return shellTarget(connections, connection, {
    text: `systemctl is-active -- '${unit}' >&2`,
    why: ({ status, said }) => {
      if (status === 127) return "there is no systemctl on the host";
      // systemctl prints the state of the unit, or why it knows none.
      return `${unit} is ${/^[a-z-]+$/.test(said) ? said : `not known to be active: ${lastLine(said)}`}`;
    },
  });
}

/** Whether a command exits with 0. */
export function commandTarget(connections: HostConnections, connection: Connection, text: string): Target {
  return shellTarget(connections, connection, {
    text,
    why: ({ status, said }) =>
      said.trim() === "" ? `exit status ${status}` : `exit status ${status}: ${lastLine(said)}`,
  });
}

interface Question {
  readonly text: string;
  /** The reason of a status that is not 0. */
  readonly why: (end: ShellEnd) => string;
}

function shellTarget(connections: HostConnections, connection: Connection, { text, why }: Question): Target {
  return {
    at: formatHost({ ...connection, ...userAndPort(connection) }),
    probe: async (signal) => {
      try {
        const end = await runShell(connections, connection, text, signal);
        return end.status === 0 ? undefined : { why: why({ ...end, said: end.said.trim() }) };
      } catch (error) {
        if (!(error instanceof ChrootError)) throw error;
        return failureOf(error);
      }
    },
  };
}

function failureOf(error: ChrootError): Failure {
  const { code, why, reason } = error;
  // The remedy of a lost connection speaks of a repair.
  return { why: code === "cut" ? reason : why, isFinal: finalCodes.includes(code) };
}

function lastLine(text: string): string {
  return showRemote(text.trimEnd().split("\n").at(-1) ?? "", 200);
}
