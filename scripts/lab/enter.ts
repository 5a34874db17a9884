import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { CommandOptions } from "./command";
import { machineProcesses, signalAll } from "./processes";
import { findTool } from "./requirements";

const HOST_ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" };

/** Starts processes in one host. */
export interface Enter {
  spawn(argv: readonly string[], options?: Omit<CommandOptions, "stdin" | "encoding">): ChildProcess;
  kill(child: ChildProcess): Promise<void>;
  /** Before the host ends: lets children go on that have stopped. */
  wake(): void;
  /** After the host has ended: waits until the children have noticed. */
  settle(): Promise<void>;
}

/**
 * Enters a host's namespaces with nsenter. Each child is an nsenter that waits for its command.
 *
 * It must outlive the command: an orphan of it would go to the machine's pid 1, not the host's, and the kernel does not
 * finish the host's namespace before that one has reaped it. So commands are killed, and nsenter is not.
 *
 * @param pid - the host's pid 1.
 * @param namespaces - the options of unshare that made the host; nsenter has the same.
 */
export function enterHost(pid: number, namespaces: readonly string[]): Enter {
  const nsenter = findTool("nsenter") ?? "nsenter";
  const children = new Set<ChildProcess>();
  return {
    spawn(argv, { env, cwd, as } = {}) {
      const user = as === undefined ? [] : [`--setuid=${as.uid}`, `--setgid=${as.gid}`];
      // without a value, nsenter takes over the working directory of pid 1, which is /
      const directory = cwd === undefined ? "--wd" : `--wdns=${cwd}`;
      const options = [`--target=${pid}`, ...namespaces, "--root", directory, ...user];
      const child = spawn(nsenter, [...options, "--", ...argv], {
        env: { ...HOST_ENVIRONMENT, ...env },
        stdio: "pipe",
        detached: true,
      });
      children.add(child);
      child.once("error", () => children.delete(child));
      child.once("close", () => children.delete(child));
      return child;
    },
    async kill(child) {
      // more than once, for nsenter may not have started the command yet
      while (child.exitCode === null && child.signalCode === null) {
        const group = machineProcesses().filter((process) => process.group === child.pid && process.pid !== child.pid);
        signalAll(
          group.map((process) => process.pid),
          "SIGKILL",
        );
        child.kill("SIGCONT");
        await setTimeout(10);
      }
    },
    wake() {
      // nsenter stops itself when its command was stopped
      for (const child of children) child.kill("SIGCONT");
    },
    async settle() {
      await Promise.all(
        [...children].map(async (child) => {
          const closed = once(child, "close");
          // output that nobody reads keeps the pipes, and so the child, open
          child.stdout?.resume();
          child.stderr?.resume();
          await closed;
        }),
      );
    },
  };
}
