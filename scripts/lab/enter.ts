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
  /** Resumes stopped children. Call it before the host ends. */
  wake(): void;
  /** Waits until all children have ended. Call it after the host has ended. */
  settle(): Promise<void>;
}

/**
 * Enters a host's namespaces with nsenter. Each child is an nsenter that waits for its command.
 *
 * nsenter must outlive the command. The machine's pid 1 would inherit an orphaned command, and the kernel keeps the host's
 * namespace until that pid 1 has reaped it. So kill the command, never nsenter.
 *
 * @param pid - the host's pid 1.
 * @param namespaces - the options of the unshare that made the host; nsenter takes the same ones.
 */
export function enterHost(pid: number, namespaces: readonly string[]): Enter {
  const nsenter = findTool("nsenter") ?? "nsenter";
  const children = new Set<ChildProcess>();
  return {
    spawn(argv, { env, cwd, as } = {}) {
      const user = as === undefined ? [] : [`--setuid=${as.uid}`, `--setgid=${as.gid}`];
      // --wd without a value means the working directory of pid 1, which is /
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
      // repeats, because nsenter may not have started the command yet
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
      // nsenter stops itself when its command stops
      for (const child of children) child.kill("SIGCONT");
    },
    async settle() {
      await Promise.all(
        [...children].map(async (child) => {
          const closed = once(child, "close");
          // unread output keeps the pipes open, and so the child alive
          child.stdout?.resume();
          child.stderr?.resume();
          await closed;
        }),
      );
    },
  };
}
