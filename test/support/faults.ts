import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hostProcesses, type LabProcess, signalAll } from "../../scripts/lab/processes";
import type { LabHost } from "./sshd";

/**
 * How a run ends before it is done: the line is cut and the agent goes on until it notices; the agent's shell is killed and
 * what it has started goes on; everything stops at once, before an operation or (torn) when it has done the first of its paths.
 */
export const faults = ["cut", "killed", "power", "torn"] as const;
export type Fault = (typeof faults)[number];
/** These faults leave no operation half done. */
export const untorn: readonly Fault[] = ["cut", "killed", "power"];

/** `FAULTS=all npm test -- fault`: every fault at every operation. Else every `stride`th operation, the faults in turn. */
export const isLong = process.env["FAULTS"] === "all";

/** Lists the files of a registry beside its records and documents. */
export const registryRest = "cd /var/lib/pulumi-chroot/*; ls -A | grep -v -e '[.]json$' -e '^permissions[.]' || :";

const folder = "/run/lab/fault";
const tools = ["chmod", "chown", "mkdir", "mv", "rm", "rmdir", "setcap", "setfacl", "sync"];

/** One command of the agent that changes something. */
export interface Operation {
  readonly tool: string;
  /** It has more paths than one. */
  readonly isLong: boolean;
}

/** A fault of a sweep: at the nth operation, from 1. */
interface Chosen {
  readonly fault: Fault;
  readonly nth: number;
  /** Both, for people. */
  readonly what: string;
}

export function chosenFaults(
  operations: readonly Operation[],
  stride: number,
  among: readonly Fault[] = faults,
): Chosen[] {
  return operations.flatMap(({ tool, isLong: canTear }, index) => {
    const possible = among.filter((fault) => fault !== "torn" || canTear);
    const turn = (index / stride) % possible.length;
    const inTurn = index % stride === 0 ? possible.slice(turn, turn + 1) : [];
    const nth = index + 1;
    return (isLong ? possible : inTurn).map((fault) => ({ fault, nth, what: `${fault} at ${nth}, ${tool}` }));
  });
}

/** Stops a run of the agent at its nth operation, an operation being one external command that changes something. */
export interface Faults {
  /** Runs without a fault, and gives the operations. */
  record(run: () => Promise<unknown>): Promise<Operation[]>;
  /** Runs, and makes the fault at the nth operation; rejects when there are fewer. Returns when nothing runs any more. */
  inject(fault: Fault, nth: number, run: () => Promise<unknown>): Promise<void>;
  /** Waits, a minute at most, until nothing runs on the host that was not there at the start, but sshd's own. */
  settle(): Promise<void>;
}

/** Puts counting wrappers over the tools of a host that exist, `more` among them. */
export async function prepareFaults(host: LabHost, more: readonly string[] = []): Promise<Faults> {
  const at = (name: string) => host.path(`${folder}/${name}`);
  mkdirSync(host.path(folder), { recursive: true });
  await host.must(`mkfifo ${folder}/gate`);
  // By looking: the shell of BusyBox has its applets without a path.
  const found = await host.must(`for tool in ${[...tools, ...more].join(" ")} sleep; do
    for folder in /usr/sbin /usr/bin /sbin /bin; do [ ! -x $folder/$tool ] || { echo $folder/$tool; break; }; done; done`);
  for (const path of found.trim().split("\n"))
    await host.replace(path, (original) => (path.endsWith("/sleep") ? shortSleep(original) : wrapper(original)));
  const initial = new Set(hostProcesses(host.pid).map(({ pid }) => pid));
  const others = () => hostProcesses(host.pid).filter(({ pid }) => !initial.has(pid));
  const isSshd = ({ name }: LabProcess) => name.startsWith("sshd");
  const strays = () => others().filter((process) => !isSshd(process));

  async function settle(): Promise<void> {
    writeFileSync(host.path(wake), "");
    for (let tries = 0; strays().length > 0; tries++) {
      if (tries > 3000) throw new Error(`still there after a minute: ${strays().map(({ name }) => name)}`);
      await setTimeout(20);
    }
    rmSync(host.path(wake));
  }
  async function armed<T>(nth: number, fault: Fault, work: () => Promise<T>): Promise<T> {
    writeFileSync(at("count"), "0\n");
    writeFileSync(at("log"), "");
    writeFileSync(at("armed"), `${nth} ${fault}\n`);
    try {
      return await work();
    } finally {
      rmSync(at("armed"));
      rmSync(at("reached"), { force: true });
    }
  }
  async function strike(fault: Fault): Promise<void> {
    const sshds = new Set(
      hostProcesses(host.pid)
        .filter(isSshd)
        .map(({ pid }) => pid),
    );
    const agents = strays()
      .filter(({ parent }) => sshds.has(parent))
      .map(({ pid }) => pid);
    // An engine may look while it changes: then there are more than one.
    if (agents.length === 0) throw new Error("no agent runs");
    if (fault === "cut") await host.cut();
    else if (fault === "killed") signalAll(agents, "SIGKILL");
    else {
      const pids = () => others().map(({ pid }) => pid);
      // All of them stop before the first one ends: none may see another one's end.
      signalAll(pids(), "SIGSTOP");
      for (let left = pids(); left.length > 0; left = pids()) {
        signalAll(left, "SIGKILL");
        await setTimeout(2);
      }
      return;
    }
    // The operation goes on.
    writeFileSync(at("gate"), "\n");
  }
  return {
    settle,
    record: (run) =>
      armed(0, "cut", async () => {
        await run();
        await settle();
        const lines = readFileSync(at("log"), "latin1").trimEnd().split("\n");
        return lines.map((line) => {
          const [tool = "", paths = "0"] = line.split(" ");
          return { tool, isLong: Number(paths) > 1 };
        });
      }),
    inject: (fault, nth, run) =>
      armed(nth, fault, async () => {
        let ended = false;
        const running = run().finally(() => {
          ended = true;
        });
        running.catch(() => undefined);
        while (!existsSync(at("reached"))) {
          // The agent's last operations come when the client no longer waits for them.
          if (ended && strays().length === 0 && !existsSync(at("reached")))
            throw new Error(`the run ended before its operation ${nth}`);
          await setTimeout(3);
        }
        await strike(fault);
        await running.catch(() => undefined);
        await settle();
      }),
  };
}

/** A file of the host: while it is there, the agent's limit of waiting, 60 s, is less than half a second. */
export const wake = "/run/lab/wake";

/** So a slow machine ends no agent before a test wants it to. */
export function shortSleep(original: string): string {
  return `#!/bin/sh
[ "$1" = 60 ] || exec ${original} "$@"
tenths=0
while [ ! -e ${wake} ] && [ "$tenths" -lt 600 ]; do
  ${original} 0.1
  tenths=$((tenths + 1))
done
exec ${original} 0.3
`;
}

function wrapper(original: string): string {
  return `#!/bin/sh
if [ -e ${folder}/armed ]; then
  read -r count <${folder}/count
  count=$((count + 1))
  echo $count >${folder}/count
  # Paths come behind a "--"; counted without another process.
  paths=0 seen=
  for word; do
    [ -z "$seen" ] || paths=$((paths + 1))
    [ "$word" != -- ] || seen=1
  done
  echo "${basename(original)} $paths" >>${folder}/log
  read -r nth fault <${folder}/armed
  if [ "$count" = "$nth" ]; then
    if [ "$fault" = torn ]; then
      [ "$paths" -lt 2 ] || (
        n=$(($# - paths + 1))
        all=$#
        # The first n words: each goes behind the others, what is left over goes away.
        for word; do
          shift
          [ "$n" -le 0 ] || set -- "$@" "$word"
          n=$((n - 1))
        done
        ${original} "$@"
      )
    fi
    : >${folder}/reached
    read -r _ <${folder}/gate
  fi
fi
exec ${original} "$@"
`;
}
