import type { FleetConnection, FleetWave } from "../../provider";
import type { Lab } from "./e2e";
import type { Program } from "./program";
import type { LabHost } from "./sshd";
import type { Stack } from "./stack";

/** A fleet with one jail and one rule on each host, as this version of its program has it. */
interface GivenFleet {
  readonly hosts: Readonly<Record<string, FleetConnection>>;
  readonly waves: readonly FleetWave[];
  /** Mode of the directory `etc` in each jail. Default 0711. */
  readonly mode?: string;
  /** `none`: the jails are in no fleet; `since`: they were in none before. */
  readonly plain?: "none" | "since";
}

const program: Program<GivenFleet> = ({ JailFleet, Jail, PermissionRule }, { hosts, waves, mode, plain }) => {
  const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
  const reason = "a test";
  const args = { root: "/srv/app", user: "www", group: "www", baseline, directories: { etc: reason } };
  const directoryMode = mode ?? "0711";
  if (plain === "none") {
    for (const [name, connection] of Object.entries(hosts))
      new PermissionRule(`${name}-etc`, {
        jail: new Jail(name, { ...args, connection }),
        match: "etc",
        directoryMode,
        reason,
      });
    return {};
  }
  const aliases = plain === "since" ? { aliases: [{ parent: undefined as never }] } : {};
  const fleet = new JailFleet("named", {
    hosts,
    waves,
    declare: ({ name, connection }, options) => {
      const jail = new Jail(name, { ...args, connection }, { ...options, ...aliases });
      new PermissionRule(`${name}-etc`, { jail, match: "etc", directoryMode, reason });
    },
  });
  return { hosts: fleet.hosts };
};

type More = Omit<GivenFleet, "hosts">;

/** A canary wave with a gate that a file on the host closes, and two waves of one host each. */
export const threeWaves: readonly FleetWave[] = [
  { name: "canary", size: 1, canary: true, gates: [{ name: "flag", command: "test ! -e /run/closed", timeout: 1 }] },
  { name: "half", size: 1 },
  { name: "rest" },
];

/** Hosts by their names, the lab's own one first, and a stack with a fleet of them; `declare` is its next version. */
export async function startFleet(lab: Lab, names: readonly string[]) {
  const stack = await lab.stack();
  const more = await Promise.all(names.slice(1).map(async (name) => [name, await lab.anotherHost()] as const));
  const hosts = new Map<string, LabHost>([[names[0] ?? "", lab.host], ...more]);
  const declare = (of: readonly string[], given: More) =>
    stack.program(program, {
      hosts: Object.fromEntries(of.map((name) => [name, host(name).connection])),
      ...given,
    });
  const host = (name: string): LabHost => {
    const found = hosts.get(name);
    if (!found) throw new Error(`no host ${name}`);
    return found;
  };
  return { stack, host, declare };
}

/** The mode of the directory that the rule is about. */
export const modeOn = async (host: LabHost) => (await host.must("stat -c %a /srv/app/etc")).trim();

/** When `up` last changed the resource, or the gate was open. */
export function changedAt(stack: Stack, name: string): string {
  const { outputs } = stack.resource(name);
  return String(outputs["__changed"] ?? outputs["passed"]);
}
