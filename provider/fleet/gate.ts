/**
 * A check that a wave has to pass before the next wave starts. A gate asks again until every host of the wave has passed, or its
 * time is over: then it is closed, and its evidence names the hosts with their last reasons. A refused login, a changed host key
 * and a refused sudo are not tried again: more attempts could lock the account.
 */
export type GateDeclaration = GateTimes & GateCheck;

interface GateTimes {
  /**
   * Its name in plans, tables and reports.
   * @defaultValue its check, such as `tcp 53`
   * @refused a blank, and the name of another gate of the wave
   * @example name: "no maintenance"
   */
  readonly name?: string;
  /**
   * The time until the gate counts as closed.
   * @unit seconds
   * @defaultValue 60; with `noDrift` 600
   * @refused 0, more than a week, and any with `soak`
   * @example timeout: 300
   */
  readonly timeout?: number;
  /**
   * The time between the end of a try and the next one.
   * @unit seconds
   * @defaultValue 2
   * @refused 0, more than a week, and any with `soak`
   * @example interval: 10
   */
  readonly interval?: number;
}

/**
 * One of the checks. Each runs for every host of the wave, unless it names a server of its own. `tcp`, `dns` and `http` go from
 * this machine straight to the host's address, which is the one that ssh would dial (`HostName` of `~/.ssh/config`, else
 * `connection.host`). They never go through a jump host; use `command` for a host that only a jump host reaches.
 */
type GateCheck =
  | {
      /**
       * A TCP port accepts a connection.
       * @example tcp: { port: 53 }
       */
      readonly tcp: TcpCheck;
    }
  | {
      /**
       * A name server answers a question.
       * @example dns: { name: "www.example.com", answer: "192.0.2.1" }
       */
      readonly dns: DnsCheck;
    }
  | {
      /**
       * A web server answers a GET.
       * @example http: { url: "http://{host}:8080/health", contains: "ok" }
       */
      readonly http: HttpCheck;
    }
  | {
      /**
       * A systemd unit is active on the host (`systemctl is-active`), asked over SSH with the connection's rights. A unit that
       * reloads or is being started is not active.
       * @refused a text that is no name of one unit
       * @example unit: "named.service"
       */
      readonly unit: string;
    }
  | {
      /**
       * A shell command on the host exits with 0. `sh` runs it over SSH as the connection's user, as root with `become`, without
       * input. Its last line on stderr is the reason in reports: print no secret there. At the end of the gate's time the host
       * ends it within seconds.
       * @refused a blank, and a NUL character
       * @example command: "named-checkconf -t /chroot/named"
       */
      readonly command: string;
    }
  | {
      /**
       * A preview of the wave's jails shows no drift.
       * @example noDrift: true
       */
      readonly noDrift: true;
    }
  | {
      /**
       * The time that has to pass after the wave's last change.
       * @unit seconds
       * @refused 0, and more than a week
       * @example soak: 600
       */
      readonly soak: number;
    };

/** A TCP port accepts a connection. No byte is sent or read. */
interface TcpCheck {
  /**
   * The number of the port.
   * @refused a number that is not from 1 to 65,535
   * @example port: 53
   */
  readonly port: number;
  /**
   * One server for the whole wave, by name or address.
   * @defaultValue each host of the wave
   * @example host: "vip.example.com"
   */
  readonly host?: string;
}

/** A name server answers the question with at least one record. Its answer "no such name" does not pass. */
export interface DnsCheck {
  /**
   * The name to ask for.
   * @refused spaces, and letters outside of ASCII
   * @example name: "www.example.com"
   */
  readonly name: string;
  /**
   * The type of the records.
   * @defaultValue `"A"`
   * @example type: "MX"
   */
  readonly type?: DnsType;
  /**
   * One name server for the whole wave, by name or address.
   * @defaultValue each host of the wave
   * @example server: "192.0.2.53"
   */
  readonly server?: string;
  /**
   * Its port, over UDP, and over TCP for a long answer.
   * @defaultValue 53
   * @refused a number that is not from 1 to 65,535
   * @example port: 5353
   */
  readonly port?: number;
  /**
   * One of the answers has to be this: an address, a name, a text; `10 mx.example.com` for MX, `10 5 443 www.example.com` for SRV,
   * and the serial number for SOA. Capital letters count in a TXT record alone.
   * @defaultValue any answer
   * @refused an empty text
   * @example answer: "192.0.2.1"
   */
  readonly answer?: string;
}

/** The types of records that a gate can ask for. */
export const dnsTypes = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] as const;
export type DnsType = (typeof dnsTypes)[number];

/** A web server answers a GET. Redirects are not followed, and a certificate that does not hold is a failure. */
export interface HttpCheck {
  /**
   * `http:` or `https:`. `{host}` stands for each host's address; without it the whole wave has one check. Evidence leaves
   * the query out.
   * @refused a user or a password in it
   * @example url: "https://{host}/health"
   */
  readonly url: string;
  /**
   * The status of the answer.
   * @defaultValue 200
   * @refused a number that is not from 200 to 599
   * @example status: 204
   */
  readonly status?: number;
  /**
   * A part of the body, within its first megabyte.
   * @defaultValue any body
   * @refused an empty text
   * @example contains: "ok"
   */
  readonly contains?: string;
}
