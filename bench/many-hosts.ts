import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../test/support/program";
import { type LabHost, startHost } from "../test/support/sshd";
import { SSHD_PATHS } from "../test/support/sshd-config";
import type { Stack } from "../test/support/stack";
import { www } from "./jail";
import { succeed, timed } from "./measure";

/** A careful admin starts this many ssh commands at once. */
export const width = 64;

/** Addresses of one lab host that stand for hosts; the host at index 7 has the jail `/srv/jail7`. */
export interface ManyHosts {
  readonly host: LabHost;
  readonly addresses: readonly string[];
  /** A known_hosts file that has all addresses. */
  readonly known: string;
}

export function rootOf(index: number): string {
  return `/srv/jail${index}`;
}

/** Starts hosts with a jail on each: its root, the directories `etc` and `lib`, and files in `lib`. */
export async function startHosts(
  count: number,
  entries: number,
  options: { countScans?: boolean } = {},
): Promise<ManyHosts> {
  const addresses = Array.from(
    { length: count },
    (_, index) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
  );
  const host = await startHost({ accounts: { www }, sshdConfig: ["MaxStartups 1000"], ...options });
  try {
    await host.must(`for i in $(seq 0 ${count - 1}); do mkdir -p /srv/jail$i/etc /srv/jail$i/lib
      for f in $(seq ${entries - 3}); do : >/srv/jail$i/lib/$f; done; done`);
    await listenOn(host, addresses);
  } catch (error) {
    await host.close();
    throw error;
  }
  const known = join(host.directory, "known_hosts");
  const lines = ["127.0.0.1", ...addresses].map((address) => `[${address}]:${host.port} ${host.hostKey}\n`);
  writeFileSync(known, lines.join(""));
  return { host, addresses, known };
}

/** Has sshd listen on all these addresses. One sshd listens on at most 16, so several run. */
async function listenOn(host: LabHost, addresses: readonly string[]): Promise<void> {
  await host.must("grep -v -e ^ListenAddress -e ^PidFile /etc/ssh/sshd_config >/etc/ssh/sshd_more");
  for (let from = 0; from < addresses.length; from += 16) {
    const options = addresses.slice(from, from + 16).map((address) => `-o ListenAddress=${address}`);
    await host.must(`/usr/sbin/sshd -f /etc/ssh/sshd_more -E ${SSHD_PATHS.log} -o PidFile=none ${options.join(" ")}`);
  }
}

/** Runs one ssh command; milliseconds. */
export async function ssh({ host, known }: ManyHosts, address: string, command: string): Promise<number> {
  const login = ["-F", "none", "-i", host.privateKeyFile, "-o", `UserKnownHostsFile=${known}`, "-p", String(host.port)];
  return (await timed("ssh", [...login, `root@${address}`, command], process.env)).milliseconds;
}

/** Runs a bare find over the jail of each host, {@link width} at once; milliseconds. */
export async function findAll(hosts: ManyHosts): Promise<number> {
  const started = performance.now();
  const left = hosts.addresses.entries();
  const one = async () => {
    for (const [index, address] of left) await ssh(hosts, address, `find ${rootOf(index)} -printf '%p %m %U %G\\0'`);
  };
  await Promise.all(Array.from({ length: width }, one));
  return performance.now() - started;
}

/** Gives the user of a stack a key in ~/.ssh and the hosts in known_hosts, so that the state holds no key. */
export function giveKeys({ host, known }: ManyHosts, stack: Stack): void {
  const folder = join(stack.directory, "home", ".ssh");
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "id_ed25519"), host.privateKey, { mode: 0o600 });
  copyFileSync(known, join(folder, "known_hosts"));
}

/** The jails of all hosts by name, with a connection that takes the key from ~/.ssh. */
export function jailsOf({ host, addresses }: ManyHosts): ReturnType<typeof fill>["jails"] {
  const jail = (address: string, index: number) => ({
    // The hosts share one machine, which may be busy.
    connection: { host: address, port: host.port, perDialTimeout: 120 },
    root: rootOf(index),
    adopt: true,
  });
  const jails = addresses.map((address, index) => [`jail${index}`, jail(address, index)] as const);
  return fill({ jails: Object.fromEntries(jails) }).jails;
}

/** Runs a preview that must show no change; milliseconds. */
export async function previewTime(of: Stack): Promise<number> {
  const started = performance.now();
  await succeed(of.preview("--expect-no-changes"));
  return performance.now() - started;
}
