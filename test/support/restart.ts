import { signalAll } from "../../scripts/lab/processes";
import { jailed, until } from "./daemon";
import type { LabHost } from "./sshd";

/** Ends the daemons of all jails of a host. */
export async function endDaemons(host: LabHost): Promise<void> {
  const daemons = () => jailed(host).map(({ pid }) => pid);
  signalAll(daemons(), "SIGKILL");
  await until("the daemons have ended", () => daemons().length === 0);
}

/** Takes from a host everything that a restart takes: the daemons, the mounts of a jail, and the files in /run. */
export async function restart(host: LabHost, root: string): Promise<void> {
  await endDaemons(host);
  // The lab's own things stay: its sshd goes on.
  await host.must(`cut -d ' ' -f 5 /proc/self/mountinfo | grep '^${root}/' | sort -r | xargs -r umount
    find /run -mindepth 1 -maxdepth 1 ! -name lab ! -name 'sshd*' -exec rm -rf {} +`);
}
