import { randomBytes } from "node:crypto";
import type { ChrootError } from "../errors";
import type { Connection } from "../model/connection";
import type { HostConnections } from "../ssh/connections";
import { notStarted } from "./channel/agent-errors";
import { starting } from "./channel/start";

/**
 * Reads a nonce and a text of sh from its input, so that the text is in no list of processes, and runs it. It prints the end of
 * the text's stderr, and its status. Dots say meanwhile that it works; where these reach nobody any more, it ends everything that
 * it has started.
 */
const script = [
  "IFS= read -r nonce; text=$(cat)",
  'printf "%s(" "$nonce"',
  '{ trap "" PIPE; while sleep 1 >/dev/null; do printf . || kill -TERM 0; done; } 2>/dev/null & ticker=$!',
  'said=$({ (eval " $text") </dev/null >/dev/null; printf "\\n%s %s" "$nonce" "$?" >&2; } 2>&1 | tail -c 2000)',
  'kill -KILL "$ticker"; wait "$ticker" 2>/dev/null',
  'printf "%s[%s]" "$nonce" "$said"',
].join("; ");

/** The end of a command on a host. */
export interface ShellEnd {
  readonly status: number;
  /** The end of its stderr. Raw: `showRemote` before it is printed. */
  readonly said: string;
}

/**
 * Runs a text of sh on a host with the connection's rights, and without input. After the signal the host ends it within seconds.
 * Rejects where the host, the login or the rights fail.
 */
export async function runShell(
  connections: HostConnections,
  connection: Connection,
  text: string,
  signal: AbortSignal,
): Promise<ShellEnd> {
  const nonce = randomBytes(16).toString("hex");
  const channel = await connections.open(connection, starting(script, connection.become));
  return new Promise((resolve, reject) => {
    let printed = "";
    let isRunning = false;
    const stop = () => {
      channel.abort();
      reject(new Error("stopped"));
    };
    const over = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop, { once: true });
    channel.onData((data) => {
      // The account's shell may print a text at login, and the dots have no end.
      printed = (printed + data).slice(-8192);
      isRunning ||= printed.includes(`${nonce}(`);
      const [, said = "", status] = new RegExp(`${nonce}\\[([^]*)\n${nonce} (\\d+)\\]`).exec(printed) ?? [];
      if (status === undefined) return;
      over();
      resolve({ status: Number(status), said });
    });
    channel.onEnd((error) => {
      over();
      reject(isRunning ? killed(error) : notStarted(error, printed));
    });
    channel.write(Buffer.from(`${nonce}\n${text}`, "utf8"));
    channel.end();
    if (signal.aborted) stop();
  });
}

function killed(error: ChrootError): ChrootError {
  return error.code === "ended" ? error.because(error.reason, "look there for the process that has ended it") : error;
}
