import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port";

/** A fault of a line. A connection's exchanges are numbered from 1: the one that opens it, then each that answers the one before. */
interface Trouble {
  /** Milliseconds that everything is on its way, in each direction. */
  readonly delay?: number;
  /** One byte in a packet. */
  readonly bytewise?: boolean;
  /** The client gets this text before the server's own words. */
  readonly before?: string;
  /** At its nth exchange a connection is closed on both sides, or swallows everything from then on and closes nothing. */
  readonly cut?: number;
  readonly hole?: number;
  /** Closes a connection on both sides at its first exchange at which this is true. */
  readonly cutWhen?: () => boolean;
  /** How often it is cut; without end by default. */
  readonly times?: number;
}

/** A line between the provider and a host: connect to `port`. Its trouble counts for connections that are made later. */
export interface Line {
  readonly port: number;
  trouble: Trouble;
  /** Connections since the start or {@link Line.reset}. */
  connections(): number;
  /** The exchanges of all connections: round trips one after the other. Data that is sent at the same time is in one exchange. */
  exchanges(): number;
  /** Sets both to nothing, and closes all connections. */
  reset(): void;
  close(): void;
}

/** A line to a port of this machine. */
export async function lineTo(port: number): Promise<Line> {
  const ends = new Set<Socket>();
  let [connections, exchanges, cuts] = [0, 0, 0];
  const server = createServer((client) => {
    const {
      delay = 0,
      bytewise = false,
      before = "",
      cut,
      cutWhen,
      hole,
      times = Number.POSITIVE_INFINITY,
    } = line.trouble;
    const host = connect(port, "127.0.0.1");
    // The exchanges that the client has heard, that the host has got, and that there were at all.
    let [heard, reached, own, swallowed] = [0, 1, 0, false];
    connections++;
    const closeBoth = () => {
      client.destroy();
      host.destroy();
    };
    const begin = () => {
      if (heard < own || swallowed) return;
      own++;
      exchanges++;
      if (own === hole) swallowed = true;
      if ((own === cut || cutWhen?.()) && cuts < times) {
        cuts++;
        closeBoth();
      }
    };
    const later = (work: () => void) => (delay === 0 ? work() : setTimeout(work, delay));
    const pass = (data: Buffer, to: Socket) => {
      if (swallowed || to.destroyed) return;
      if (bytewise) for (const byte of data) to.write(Buffer.of(byte));
      else to.write(data);
    };
    for (const end of [client, host]) {
      ends.add(end);
      end.setNoDelay(true);
      end.on("error", () => undefined); // Its close follows.
    }
    if (before !== "") pass(Buffer.from(before, "latin1"), client);
    begin();
    client.on("data", (data) => {
      begin();
      const exchange = heard + 1;
      later(() => {
        reached = exchange;
        pass(data, host);
      });
    });
    host.on("data", (data) => {
      const exchange = reached;
      later(() => {
        heard = Math.max(heard, exchange);
        pass(data, client);
      });
    });
    // A line that swallows data also swallows its end.
    client.on("close", () => later(() => !swallowed && host.destroy()));
    host.on("close", () => later(() => !swallowed && client.destroy()));
  });
  const listensAt = await freePort();
  server.listen(listensAt, "127.0.0.1");
  await once(server, "listening");
  const line: Line = {
    port: listensAt,
    trouble: {},
    connections: () => connections,
    exchanges: () => exchanges,
    reset() {
      [connections, exchanges, cuts] = [0, 0, 0];
      for (const end of ends) end.destroy();
      ends.clear();
    },
    close() {
      line.reset();
      server.close();
    },
  };
  return line;
}
