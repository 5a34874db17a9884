import type { ClientChannel } from "ssh2";
import { ChrootError } from "../errors";
import { showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { moreTime, timeoutOf } from "./patience";

/** One program that runs on a host, with its stdin and stdout. Bytes come as latin1 strings. */
export interface Channel {
  write(data: Buffer): void;
  end(): void;
  /** Stops at once, whatever the program there has still to say. */
  abort(): void;
  onData(listener: (data: string) => void): void;
  /** Told once, when no more data can come. */
  onEnd(listener: (error: ChrootError) => void): void;
}

/** A channel that is given up, with its whole connection, when the host hangs. */
export function channelOver(stream: ClientChannel, connection: Connection, giveUp: () => void): Channel {
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
  stream.on("close", () => {
    const why = stderr.trim() === "" ? "the connection was cut" : `the agent ended: ${showRemote(stderr)}`;
    end(
      new ChrootError("cut", {
        what: "lost the host",
        where,
        why,
        remedy: "what was done so far is kept; run pulumi up again",
      }),
    );
  });
  return {
    write: (data) => {
      timer.refresh();
      stream.write(data);
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
