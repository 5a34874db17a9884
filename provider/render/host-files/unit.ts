import { bytesOf, show } from "../../model/bytes";
import { type Launch, limitNames } from "../../model/launch";
import { formatMode } from "../../model/mode";
import { argument, plain, word } from "./unit-text";

/** The restrictions of a unit that hold for every daemon, beside the jail. */
const confined = [
  // Without these the jail has no /proc, /sys and devices but its own.
  "MountAPIVFS=no",
  "PrivateDevices=yes",
  "PrivateMounts=yes",
  "DevicePolicy=closed",
  "ProtectSystem=strict",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectProc=invisible",
  "ProcSubset=pid",
  "NoNewPrivileges=yes",
  "KeyringMode=private",
  "LockPersonality=yes",
  "MemoryDenyWriteExecute=yes",
  "PrivateIPC=yes",
  "RemoveIPC=yes",
  "RestrictNamespaces=yes",
  "RestrictSUIDSGID=yes",
  "SystemCallArchitectures=native",
];

/** Variables that systemd sets itself. */
const managers =
  "HOME LOGNAME USER SHELL INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE".split(
    " ",
  );

/** As the script form sets it, independent of the manager's own defaults (docs/adr/0030). */
const fresh = [
  "IgnoreSIGPIPE=no",
  "OOMScoreAdjust=0",
  "Nice=0",
  "CPUSchedulingPolicy=other",
  "IOSchedulingClass=best-effort",
  "LimitRTPRIO=0",
  "LimitNICE=0",
  "LimitMEMLOCK=8388608",
];

/** Restrictions that are lifted where the daemon keeps a capability that they would make useless. */
const unless: readonly (readonly [setting: string, ...capabilities: string[]])[] = [
  ["ProtectClock=yes", "sys_time", "wake_alarm"],
  ["ProtectKernelLogs=yes", "syslog"],
  ["RestrictRealtime=yes", "sys_nice"],
];

/** The unit that starts a daemon in its jail, with the reasons as comments, and numbers for all names. */
export function serviceUnit(launch: Launch): string {
  const { root, command, environment, limits, capabilities, writable, mounts } = launch;
  const kept = Object.entries(capabilities);
  const keeps = (names: readonly string[]) => names.some((name) => name in capabilities);
  const names = kept.map(([name]) => `CAP_${name.toUpperCase()}`).join(" ");
  const unset = managers.filter((name) => !(name in environment));
  return lines([
    comment('A daemon in its chroot jail, as pulumi-chroot declares it. Each "pulumi up" writes this file again.'),
    comment(launch.label),
    comment(launch.reason),
    "[Unit]",
    `Description=${plain(show(bytesOf(launch.label)))} (in a chroot jail)`,
    `RequiresMountsFor=${[root, ...mounts.map((path) => `${root}/${path}`)].map(plain).join(" ")}`,
    // The host does not make all mounts at boot.
    ...mounts.map((path) => `AssertPathIsMountPoint=${plain(`${root}/${path}`)}`),
    "After=network.target",
    "",
    "[Service]",
    "Type=exec",
    `RootDirectory=${plain(root)}`,
    "WorkingDirectory=/",
    `ExecStart=${command.map(argument).join(" ")}`,
    `User=${launch.uid}`,
    `Group=${launch.gid}`,
    `SupplementaryGroups=${launch.groups.join(" ")}`,
    "StandardInput=null",
    "PassEnvironment=",
    ...Object.entries(environment).map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
    `UnsetEnvironment=${unset.join(" ")}`,
    `UMask=${formatMode(launch.umask)}`,
    ...fresh,
    ...limitNames.flatMap((name) => (limits[name] === undefined ? [] : [`Limit${name.toUpperCase()}=${limits[name]}`])),
    ...kept.map(([name, reason]) => comment(`It keeps ${name}: ${reason}`)),
    `CapabilityBoundingSet=${names}`,
    `AmbientCapabilities=${names}`,
    // The "+" is for a path in the jail.
    ...writable.map((path) => `ReadWritePaths=+${plain(path === "." ? "/" : `/${path}`)}`),
    ...confined,
    ...unless.flatMap(([setting, ...others]) => (keeps(others) ? [] : [setting])),
    `RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK${keeps(["net_raw"]) ? " AF_PACKET" : ""}`,
    "SystemCallFilter=@system-service",
    `SystemCallFilter=~@privileged @mount${keeps(["sys_nice", "sys_resource"]) ? "" : " @resources"}`,
    ...(keeps(["sys_time"]) ? ["SystemCallFilter=@clock"] : []),
    // A forbidden system call then fails with an error instead of killing the daemon.
    "SystemCallErrorNumber=EPERM",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ]);
}

/** A person's text as one line without control characters. */
function comment(of: string): string {
  return `# ${show(bytesOf(of))}`;
}

function lines(of: readonly string[]): string {
  return of.map((each) => `${each}\n`).join("");
}
