import type { LabHost } from "./sshd";

/** Runs a script each time that a command of the host starts while `work` runs, just before the command itself. */
export async function during<T>(host: LabHost, tool: string, script: string, work: () => Promise<T>): Promise<T> {
  // By looking: the shell of BusyBox has its applets without a path.
  const path = await host.must(`for folder in /usr/sbin /usr/bin /sbin /bin; do
    [ ! -x $folder/${tool} ] || { echo $folder/${tool}; break; }; done`);
  await host.replace(path.trim(), (own) => `#!/bin/sh\n(${script}) >/dev/null 2>&1\nexec ${own} "$@"\n`);
  try {
    return await work();
  } finally {
    await host.restore(path.trim());
  }
}
