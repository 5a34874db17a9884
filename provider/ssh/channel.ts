import type { ClientChannel } from "ssh2";
import { ChrootError } from "../errors";
import { showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { allowMoreTime, silenceLimit } from "./timeouts";

/** One program that runs on a host, with its stdin and stdout. Bytes come as latin1 strings. */
export interface Channel {
  /** Notices about the connection; every run shows them. */
  readonly notices: readonly string[];
  write(data: Buffer): void;
  /** Like `write`, but resolves when there is room for more: for data larger than memory should hold. */
  send(data: Buffer): Promise<void>;
  end(): void;
  /** Closes at once and drops the program's remaining output. */
  abort(): void;
  onData(listener: (data: string) => void): void;
  /** Called once, when no more data can come. */
  onEnd(listener: (error: ChrootError) => void): void;
}

/** Wraps a stream. When the host hangs, the channel gives up the whole connection. */
export function channelOver(
  stream: ClientChannel,
  connection: Connection,
  notices: readonly string[],
  giveUp: () => void,
): Channel {
  const limit = silenceLimit(connection);
  const errors: ((error: ChrootError) => void)[] = [];
  const where = formatHost(connection);
  let ended: ChrootError | undefined;
  let stderr = "";
  const end = (error: ChrootError) => {
    clearTimeout(timer);
    ended ??= error;
    for (const tell of errors.splice(0)) tell(ended);
  };
  // A channel is open only while a caller waits for bytes: a host that is silent for this long hangs.
  const timer = setTimeout(() => {
    end(
      new ChrootError("silent", {
        what: "the host hangs",
        where,
        why: `no answer for ${limit / 1000} s`,
        remedy: allowMoreTime,
      }),
    );
    giveUp();
  }, limit);
  stream.on("data", () => timer.refresh());
  stream.stderr.on("data", (data: Buffer) => {
    if (stderr.length < 4096) stderr += data.toString("latin1");
  });
  // Without a code and a signal the connection was cut.
  stream.on("close", (code?: number | null, signal?: string) => {
    const ending = stderr.trim() === "" ? ` with ${signal ?? `status ${code}`}` : `: ${showRemote(stderr)}`;
    const isCut = code === undefined;
    const why = isCut ? "the connection was cut" : `the agent ended${ending}`;
    end(
      new ChrootError(isCut ? "cut" : "ended", {
        what: "lost the host",
        where,
        why,
        remedy: "finished changes are kept; run the command again",
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
    // The program there ends with its input. The timer closes one that does not: it would keep its place among the channels.
    end: () => {
      timer.refresh().unref();
      stream.end();
    },
    abort: () => stream.close(),
    onData: (listener) => stream.on("data", (data: Buffer) => listener(data.toString("latin1"))),
    onEnd: (listener) => (ended ? listener(ended) : errors.push(listener)),
  };
}
