import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeKey } from "../../scripts/lab/keys";
import { hostProcesses, type LabProcess, machinePid, signalAll, withDescendants } from "../../scripts/lab/processes";
import { type LabRoot, makeRoot, type RootOptions } from "../../scripts/lab/root";
import { SSHD_PATHS, sshdConfig } from "./sshd-config";
import { readPid, sshdLog, startListener, startOnFreePort } from "./sshd-daemon";

/** How {@link startHost} builds a host. */
export interface HostOptions extends Omit<RootOptions, "network" | "sshd"> {
  /** The first one is the host's `hostKey`. Default `["ed25519"]`; `rsa` takes some 100 ms more. */
  hostKeyTypes?: readonly ("ed25519" | "rsa")[];
  /** Counts the scans of a jail, for {@link LabHost.scans}. */
  countScans?: boolean;
  /** Capabilities that sshd and all its sessions have not, in setpriv's names: `sys_ptrace`. For a host of the GNU flavour. */
  lacks?: readonly string[];
  /** Lines of sshd_config that go before the lab's own, for example `MaxSessions 1`. */
  sshdConfig?: readonly string[];
}

/** How to reach a lab host, in the names that the product's connection argument uses. */
export interface LabConnection {
  host: string;
  port: number;
  user: string;
  privateKey: string;
  hostKey: string;
}

/** A throwaway host with a real OpenSSH server on the machine's loopback. */
export interface LabHost extends LabRoot {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** All host keys, in the order of `hostKeyTypes`. */
  readonly hostKeys: readonly string[];
  /** OpenSSH text. */
  readonly privateKey: string;
  /** The same in a file (0600) of the machine, for the ssh command. */
  readonly privateKeyFile: string;
  readonly connection: LabConnection;
  /** Accepted logins since the start or {@link LabHost.resetCounts}. */
  connections(): number;
  /** Commands and shells that sessions started since then. */
  commands(): number;
  /** Runs of `find` that print metadata since then, by whomever. Needs `countScans`. */
  scans(): number;
  resetCounts(): void;
  /** Ends the listening sshd and every connection: nothing answers on the port. */
  stopSshd(): Promise<void>;
  /** Starts sshd again, on the same port and with the same keys. */
  startSshd(): Promise<void>;
  /** Stops the time of sshd and of all that its sessions run: a host that hangs. New connections get no answer either. */
  freeze(): void;
  /** Ends {@link LabHost.freeze}. */
  thaw(): void;
  /** Kills the sshd processes of the open connections, as if the lines were cut; their commands notice it by themselves. */
  cut(): Promise<void>;
}

const FIND_COUNT = "/run/lab/find-runs";

/** Starts a throwaway host that is reached through `ssh`. See {@link makeRoot} for how it ends. */
export async function startHost(options: HostOptions = {}): Promise<LabHost> {
  const { hostKeyTypes = ["ed25519"], countScans = false, sshdConfig: extra = [], lacks, ...rootOptions } = options;
  const root = await makeRoot({ hostname: "host", ...rootOptions, sshd: true });
  try {
    const client = makeKey("ed25519");
    const hostKeys = hostKeyTypes.map((type) => {
      const { privateKey, publicKey } = makeKey(type);
      writeFileSync(root.path(SSHD_PATHS.hostKey(type)), privateKey, { mode: 0o600 });
      return publicKey;
    });
    const privateKeyFile = join(root.directory, "id");
    writeFileSync(privateKeyFile, client.privateKey, { mode: 0o600 });
    writeFileSync(root.path(SSHD_PATHS.authorizedKeys), `${client.publicKey}\n`);
    if (countScans) await countFinds(root);
    const port = await startOnFreePort(root, (free) => sshdConfig(free, hostKeyTypes, extra), lacks);

    const hostKey = hostKeys[0] ?? "";
    const { privateKey } = client;
    return {
      ...root,
      port,
      hostKey,
      hostKeys,
      privateKey,
      privateKeyFile,
      connection: { host: "127.0.0.1", port, user: "root", privateKey, hostKey },
      ...counts(root, countScans),
      ...control(root, lacks),
    };
  } catch (error) {
    await root.close();
    throw error;
  }
}

async function countFinds(root: LabRoot): Promise<void> {
  writeFileSync(root.path(FIND_COUNT), "");
  chmodSync(root.path(FIND_COUNT), 0o666);
  // one byte a run: appended in one piece, so that parallel runs all count
  await root.replace(
    "/usr/bin/find",
    (original) => `#!/bin/sh\ncase $* in *%p*) printf . >>${FIND_COUNT} ;; esac\nexec ${original} "$@"\n`,
  );
}

function counts(
  root: LabRoot,
  countScans: boolean,
): Pick<LabHost, "connections" | "commands" | "scans" | "resetCounts"> {
  const logged = (pattern: RegExp): number => sshdLog(root).match(pattern)?.length ?? 0;
  const now = () => ({
    connections: logged(/^Accepted publickey for /gm),
    commands: logged(/^Starting session: /gm),
    scans: countScans ? statSync(root.path(FIND_COUNT)).size : 0,
  });
  let zero = now();
  return {
    connections: () => now().connections - zero.connections,
    commands: () => now().commands - zero.commands,
    scans() {
      if (!countScans) throw new Error("scans() needs a lab host started with countScans");
      return now().scans - zero.scans;
    },
    resetCounts() {
      zero = now();
    },
  };
}

function control(
  root: LabRoot,
  lacks: HostOptions["lacks"],
): Pick<LabHost, "stopSshd" | "startSshd" | "freeze" | "thaw" | "cut"> {
  const servers = (): LabProcess[] => hostProcesses(root.pid).filter(({ name }) => name.startsWith("sshd"));
  const family = (): number[] => {
    const sshds = servers().map(({ pid }) => pid);
    return withDescendants(hostProcesses(root.pid), sshds).map(({ pid }) => pid);
  };
  const end = async (victims: () => readonly number[]): Promise<void> => {
    for (let pids = victims(); pids.length > 0; pids = victims()) {
      signalAll(pids, "SIGKILL");
      await setTimeout(2);
    }
  };
  return {
    async stopSshd() {
      await end(() => servers().map(({ pid }) => pid));
    },
    async startSshd() {
      const outcome = await startListener(root, lacks);
      if (outcome !== "listening") throw new Error(`sshd did not start again: ${outcome}`);
    },
    freeze() {
      // a process may have been forked while the others were stopped
      for (let count = -1, pids = family(); pids.length !== count; count = pids.length, pids = family()) {
        signalAll(pids, "SIGSTOP");
      }
    },
    thaw() {
      signalAll(family(), "SIGCONT");
    },
    async cut() {
      const inner = readPid(root);
      const main = inner === undefined ? undefined : machinePid(root.pid, inner);
      await end(() =>
        servers()
          .map(({ pid }) => pid)
          .filter((pid) => pid !== main),
      );
    },
  };
}
