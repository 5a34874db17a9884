import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { hostProcesses } from "../../scripts/lab/processes";
import { walk } from "./jail-site";
import type { LabHost } from "./sshd";

/** Starts a daemon that stays in the foreground, and waits until it answers. It ends with the host. */
export async function startDaemon(
  host: LabHost,
  argv: readonly string[],
  answers: () => Promise<boolean>,
): Promise<void> {
  const log: string[] = [];
  const daemon = host.spawn(argv);
  for (const stream of [daemon.stdout, daemon.stderr]) stream?.on("data", (data) => log.push(String(data)));
  for (const begun = Date.now(); !(await answers()); await setTimeout(50))
    assert.ok(
      Date.now() - begun < 10_000 && daemon.exitCode === null,
      `no answer from ${argv.join(" ")}:\n${log.join("")}`,
    );
}

/** Waits, for ten seconds at most. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = Date.now(); !(await isSo()); await setTimeout(20))
    assert.ok(Date.now() - begun < 10_000, `waited in vain until ${what}`);
}

/** A process as the kernel reports it. */
export interface Running {
  readonly pid: number;
  /** Real, effective, saved, and of the file system. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  /** The supplementary ones. */
  readonly groups: readonly number[];
  /** The effective ones, as `CapEff` has them. */
  readonly capabilities: string;
  readonly noNewPrivs: boolean;
  readonly root: string;
  readonly title: string;
}

/** The processes of a host whose root is not the host's. */
export function jailed(host: LabHost): Running[] {
  return processes(host).filter(({ root }) => root !== "/");
}

/** It is in the jail and cannot be root again: all its ids are the account's, and it has no other group. */
export function assertJailed(
  running: Running | undefined,
  root: string,
  { uid, gid }: { uid: number; gid: number },
): void {
  assert.ok(running, "nothing serves");
  const all = (id: number) => [id, id, id, id];
  const { uids, gids, groups } = running;
  assert.deepEqual({ uids, gids, root: running.root }, { uids: all(uid), gids: all(gid), root }, running.title);
  // initgroups(3) lists the own group once more.
  assert.deepEqual(
    groups.filter((group) => group !== gid),
    [],
    running.title,
  );
}

/** `CapEff` of whoever may listen on low ports and has no other right of root's: net_bind_service is number 10. */
export const lowPortsOnly = "0000000000000400";

/** It is in the jail, has these capabilities, and can never get more. */
export function assertWrapped(
  running: Running | undefined,
  root: string,
  account: { uid: number; gid: number },
  capabilities: string,
): void {
  assertJailed(running, root, account);
  assert.equal(running?.capabilities, capabilities, running?.title);
  assert.ok(running?.noNewPrivs, running?.title);
}

/** The processes of a host that have a socket bound to this port of the loopback. */
export function bound(host: LabHost, protocol: "tcp" | "udp", port: number): Running[] {
  // sl, local address, remote address, state, …; the inode is the tenth.
  const rows = readFileSync(`/proc/net/${protocol}`, "latin1").trim().split("\n").slice(1);
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const idle = { tcp: "0A", udp: "07" }[protocol];
  const sockets = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local === address && state === idle)
    .map((row) => `socket:[${row[9]}]`);
  return processes(host).filter(({ pid }) => descriptors(pid).some((target) => sockets.includes(target)));
}

function processes(host: LabHost): Running[] {
  return hostProcesses(host.pid).flatMap(({ pid }) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const numbers = (field: string) =>
        (new RegExp(`^${field}:(.*)$`, "m").exec(status)?.[1] ?? "").trim().split(/\s+/).filter(Boolean).map(Number);
      const root = readlinkSync(`/proc/${pid}/root`);
      const title = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const [, capabilities = ""] = /^CapEff:\s*(\S+)$/m.exec(status) ?? [];
      const [uids, gids, groups] = [numbers("Uid"), numbers("Gid"), numbers("Groups")];
      const noNewPrivs = numbers("NoNewPrivs")[0] === 1;
      return [{ pid, uids, gids, groups, capabilities, noNewPrivs, root, title }];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Where the open descriptors of a process lead; empty where it has ended. */
export function descriptors(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return []; // ended meanwhile, or closed one
  }
}

/**
 * Does some work while a client asks again and again: no request may fail. Gives how many there were.
 *
 * @param ask - one request; rejects, or gives false, where it has failed.
 */
export async function undisturbed(ask: () => Promise<boolean>, work: () => Promise<unknown>): Promise<number> {
  const failures: unknown[] = [];
  let [asked, isDone] = [0, false];
  const client = async () => {
    for (; !isDone; asked += 1)
      await ask().then(
        (isRight) => isRight || failures.push("a wrong answer"),
        (error: unknown) => failures.push(error),
      );
  };
  const asking = client();
  try {
    await work();
  } finally {
    isDone = true;
    await asking;
  }
  assert.deepEqual(failures, [], `of ${asked} requests`);
  return asked;
}

/** The inodes of a jail and when each was last changed in any way. */
export function inodes(host: LabHost, root: string): string[] {
  return [...walk(host.path(root))].map(([path, { inode, ctime }]) => `${path} ${inode} ${ctime}`);
}
