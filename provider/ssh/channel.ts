import type { ClientChannel } from "ssh2";
import { ChrootError } from "../errors";
import { showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { moreTime, timeoutOf } from "./patience";

/** One program that runs on a host, with its stdin and stdout. Bytes come as latin1 strings. */
export interface Channel {
  /** What is to be said of the connection in every run. */
  readonly notices: readonly string[];
  write(data: Buffer): void;
  /** The same, done when there is room for more: for what is larger than memory should be filled with. */
  send(data: Buffer): Promise<void>;
  end(): void;
  /** Stops at once, whatever the program there has still to say. */
  abort(): void;
  onData(listener: (data: string) => void): void;
  /** Told once, when no more data can come. */
  onEnd(listener: (error: ChrootError) => void): void;
}

/** A channel that is given up, with its whole connection, when the host hangs. */
export function channelOver(
  stream: ClientChannel,
  connection: Connection,
  notices: readonly string[],
  giveUp: () => void,
): Channel {
  const limit = timeoutOf(connection);
  const errors: ((error: ChrootError) => void)[] = [];
  const where = formatHost(connection);
  let ended: ChrootError | undefined;
  let stderr = "";
  const end = (error: ChrootError) => {
    clearTimeout(timer);
    ended ??= error;
    for (const tell of errors.splice(0)) tell(ended);
  };
  // Whoever waits for a reply waits for bytes: a host that is silent for this long hangs. A channel is open only as long as somebody waits.
  const timer = setTimeout(() => {
    end(
      new ChrootError("silent", {
        what: "the host hangs",
        where,
        why: `no answer for ${limit / 1000} s`,
        remedy: moreTime,
      }),
    );
    giveUp();
  }, limit);
  stream.on("data", () => timer.refresh());
  stream.stderr.on("data", (data: Buffer) => {
    if (stderr.length < 4096) stderr += data.toString("latin1");
  });
  // With neither, nobody has said how it ended.
  stream.on("close", (code?: number | null, signal?: string) => {
    const said = stderr.trim() === "" ? ` with ${signal ?? `status ${code}`}` : `: ${showRemote(stderr)}`;
    const isCut = code === undefined;
    const why = isCut ? "the connection was cut" : `the agent ended${said}`;
    end(
      new ChrootError(isCut ? "cut" : "ended", {
        what: "lost the host",
        where,
        why,
        remedy: "what was done so far is kept; run pulumi up again",
      }),
    );
  });
  return {
    notices,
    write: (data) => {
      timer.refresh();
      stream.write(data);
    },
    send: (data) => {
      timer.refresh();
      if (stream.write(data) || ended) return Promise.resolve();
      return new Promise((resolve) => {
        const go = () => {
          stream.off("drain", go).off("close", go);
          resolve();
        };
        stream.on("drain", go).on("close", go);
      });
    },
    // The program there ends with its input. One that does not would keep its place among the channels.
    end: () => {
      timer.refresh().unref();
      stream.end();
    },
    abort: () => stream.close(),
    onData: (listener) => stream.on("data", (data: Buffer) => listener(data.toString("latin1"))),
    onEnd: (listener) => (ended ? listener(ended) : errors.push(listener)),
  };
}
