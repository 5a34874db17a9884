import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { etcFiles, type LabAccount } from "./accounts";
import { type CommandOptions, type CommandResult, collect } from "./command";
import { type Enter, enterHost } from "./enter";
import { hold } from "./holder";
import { appletReplacer, fileReplacer } from "./replace";
import { findTool, requireLab } from "./requirements";
import { LOOPBACK_UP, SETUP } from "./setup";

/** How {@link makeRoot} builds a host. */
export interface RootOptions {
  /** `gnu`: the machine's own programs. `busybox`: BusyBox applets only. Default `gnu`. */
  flavour?: "gnu" | "busybox";
  /** `machine`: the machine's network and loopback. `own`: a separate network with a loopback only. Default `machine`. */
  network?: "machine" | "own";
  /** Default `lab`. */
  hostname?: string;
  /** Accounts in addition to root, nobody and sshd, for example `{ named: { uid: 1053, gid: 1053 } }`. */
  accounts?: Readonly<Record<string, LabAccount>>;
  /** Brings the machine's sshd into the BusyBox flavour, at {@link LabRoot.sshd}. */
  sshd?: boolean;
}

/** A throwaway host: separate mount, pid, IPC and host name namespaces, and a root file system in memory. */
export interface LabRoot {
  /** The number on the machine of the host's pid 1. */
  readonly pid: number;
  /** A directory of the machine (0700) for the host's keys; removed with the host. */
  readonly directory: string;
  /** The path of sshd in the host; empty without sshd. */
  readonly sshd: string;
  /** The machine's path of a file of the host. Avoid paths through absolute links: such a link leads to the machine's files. */
  path(pathInHost: string): string;
  /** Runs a command as root; resolves with any exit code. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs `sh -c script`, like {@link run}. */
  sh(script: string, options?: CommandOptions): Promise<CommandResult>;
  /** Runs a script like {@link sh} and returns its stdout; rejects when the script fails. */
  must(script: string, options?: CommandOptions): Promise<string>;
  /**
   * Starts a command in a new process group, with pipes for stdin, stdout and stderr. The command ends with the host.
   * The child is nsenter, which waits for the command and takes over its exit code. Never kill nsenter: use {@link LabRoot.kill}.
   */
  spawn: Enter["spawn"];
  /** Kills a command that {@link LabRoot.spawn} started, with the descendants in its process group. */
  kill(child: ChildProcess): Promise<void>;
  /**
   * Puts a script over a command, for this host only.
   *
   * @param path - the command's path in the host, for example `/usr/bin/chmod`.
   * @param script - the script's text with its `#!` line, or a function that makes the text from the original command's new path.
   * @returns the original command's new path in the host.
   */
  replace(path: string, script: string | ((original: string) => string)): Promise<string>;
  /** Undoes the last {@link replace} of a path. */
  restore(path: string): Promise<void>;
  /** Ends every process of the host and so its mounts; returns when all are gone. */
  close(): Promise<void>;
}

/**
 * Makes a throwaway host on this machine. The host ends with {@link LabRoot.close}, or when this process ends or is killed.
 * Outside, only its processes and a temporary directory are visible; the directory is removed at the end.
 */
export async function makeRoot(options: RootOptions = {}): Promise<LabRoot> {
  const { flavour = "gnu", network = "machine", hostname = "lab", accounts = {}, sshd = false } = options;
  requireLab([...(flavour === "busybox" ? ["busybox"] : []), ...(sshd ? ["sshd"] : [])]);
  const busybox = flavour === "busybox" ? (findTool("busybox") ?? "") : "";
  const machineSshd = sshd ? (findTool("sshd") ?? "") : "";
  const namespaces = ["--mount", "--pid", "--ipc", "--uts", ...(network === "own" ? ["--net"] : [])];
  const script = network === "own" ? LOOPBACK_UP + SETUP : SETUP;
  const directory = mkdtempSync(join(tmpdir(), "chroot-lab-"));
  const holder = await hold(directory, namespaces, script, [directory, flavour, hostname, busybox, machineSshd]);

  const enter = enterHost(holder.pid, namespaces);
  const run: LabRoot["run"] = (argv, { stdin, encoding, ...rest } = {}) =>
    collect(enter.spawn(argv, rest), stdin, encoding);
  const must = async (argv: readonly string[], runOptions: CommandOptions = {}): Promise<CommandResult> => {
    const result = await run(argv, runOptions);
    if (result.code === 0) return result;
    throw new Error(`In the lab host, exit code ${result.code}: ${argv.join(" ")}\n${result.stderr}`);
  };
  const root: LabRoot = {
    pid: holder.pid,
    directory,
    sshd: flavour === "busybox" && sshd ? "/opt/lab/sshd" : machineSshd,
    path: (pathInHost) => `/proc/${holder.pid}/root${pathInHost}`,
    run,
    sh: (text, runOptions) => run(["sh", "-c", text], runOptions),
    must: async (text, runOptions) => (await must(["sh", "-c", text], runOptions)).stdout,
    spawn: enter.spawn,
    kill: enter.kill,
    ...(flavour === "busybox" ? appletReplacer(must, busybox) : fileReplacer(must)),
    async close() {
      enter.wake();
      await holder.close();
      await enter.settle();
    },
  };
  const rootShell = flavour === "gnu" && findTool("bash") !== undefined ? "/bin/bash" : "/bin/sh";
  for (const { name, content, mode } of etcFiles({ hostname, rootShell, accounts })) {
    writeFileSync(root.path(`/etc/${name}`), content);
    // the umask would cut writeFileSync's mode
    chmodSync(root.path(`/etc/${name}`), mode);
  }
  return root;
}
