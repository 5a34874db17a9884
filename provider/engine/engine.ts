import type { Site } from "../agent/site";
import { type Connection, connectionKey } from "../model/connection";
import { Connections, type HostConnections } from "../ssh/connections";
import { userAndPort } from "../ssh/route";
import type { ProcessJail } from "./assess/jail-context";
import { LocalContents } from "./assess/local-contents";
import type { Log } from "./log/log";
import { Notices } from "./log/notices";
import { JailSession, type PreviewUse } from "./session/jail-session";
import { UnreachableHosts } from "./session/unreachable";

export interface EngineOptions extends PreviewUse {
  readonly log: Log;
  /** After its abort no look and no change begins; a change that has begun ends, and opens what it has closed. */
  readonly signal: AbortSignal;
  readonly connections?: HostConnections;
}

/** Everything that one process knows of jails. A door, such as Pulumi's dynamic provider, makes one and asks it. */
export class Engine {
  readonly log: Log;
  readonly unreachable: UnreachableHosts;
  readonly contents = new LocalContents();
  readonly #notices: Notices;
  readonly #signal: AbortSignal;
  readonly #connections: HostConnections;
  readonly #use: PreviewUse;
  readonly #sessions = new Map<string, JailSession>();
  readonly #servers = new Map<string, Pick<Connection, "user" | "port">>();

  constructor({ log, signal, connections = new Connections(), ...use }: EngineOptions) {
    this.log = log;
    this.#signal = signal;
    this.#connections = connections;
    this.#use = use;
    this.#notices = new Notices(log);
    this.unreachable = new UnreachableHosts(log);
  }

  /** The site with the user and the port that this machine's SSH settings give, so that messages name these. */
  siteAt({ connection, root }: Site): Site {
    const { host, user, port, sshConfig } = connection;
    const key = JSON.stringify([host, user, port, sshConfig]);
    const found = this.#servers.get(key) ?? userAndPort(connection);
    this.#servers.set(key, found);
    return { connection: { ...connection, ...found }, root };
  }

  /** Gives the session of a jail. A jail is a root on a host, whichever way the host is reached. */
  session(site: Site): JailSession {
    const key = `${connectionKey(site.connection)}\0${site.root}`;
    const session = this.#sessions.get(key) ?? this.#newSession(site);
    this.#sessions.set(key, session);
    session.reachBy(site.connection);
    return session;
  }

  /** Closes all connections: an open one keeps a program from ending. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  #newSession(site: Site): JailSession {
    const context = {
      site,
      log: this.log,
      notices: this.#notices,
      connections: this.#connections,
      signal: this.#signal,
      otherJails: () => this.#otherJails(site),
    };
    return new JailSession(context, this.#use);
  }

  #otherJails({ connection, root }: Site): ProcessJail[] {
    const host = connectionKey(connection);
    return [...this.#sessions.values()].flatMap(({ site, program }) =>
      site.root !== root && connectionKey(site.connection) === host
        ? [{ root: site.root, program: program.view() }]
        : [],
    );
  }
}
