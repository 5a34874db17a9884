import { allCapabilities } from "./capability";

/** Capabilities that a daemon keeps when it gives up root, by name without `cap_`. */

/** Capabilities with which a process becomes root again or leaves the jail, and how. */
const asGoodAsRoot: Readonly<Record<string, string>> = {
  bpf: "it runs code in the kernel",
  checkpoint_restore: "it changes what other processes run",
  chown: "it takes any file",
  dac_override: "it writes any file",
  dac_read_search: "it opens any file of the host by its handle, the jail notwithstanding",
  fowner: "it changes the mode of any file",
  fsetid: "it keeps set-id bits on files that it writes",
  ipc_owner: "it writes the shared memory of root's processes",
  linux_immutable: "it changes files that are sealed against root",
  mac_admin: "it changes the rules that confine it",
  mac_override: "it passes the rules that confine it",
  mknod: "it makes a device of the host's disk",
  perfmon: "it reads the memory of the kernel",
  setfcap: "it gives a file all capabilities",
  setgid: "it joins any group, such as disk and shadow",
  setpcap: "it passes capabilities on",
  setuid: "it becomes any user, root too",
  sys_admin: "it mounts, and with that leaves the jail",
  sys_boot: "it boots another kernel",
  sys_chroot: "it leaves the jail by a second chroot",
  sys_module: "it loads code into the kernel",
  sys_ptrace: "it takes over processes outside the jail",
  sys_rawio: "it writes to the memory and the disks of the host",
};

/** The reason why a daemon cannot keep a capability, or undefined when it can. */
export function keptCapabilityProblem(name: string): string | undefined {
  if (/^cap_/i.test(name)) return `"${name}": write the name without "cap_", as in "net_bind_service"`;
  if (!allCapabilities.includes(`cap_${name}`)) return `"${name}" is not the name of a capability, see capabilities(7)`;
  const how = asGoodAsRoot[name];
  return how === undefined
    ? undefined
    : `${name} is as good as root: with it ${how}. A jail does not hold such a daemon`;
}
