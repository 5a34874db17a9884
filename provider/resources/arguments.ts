// Made by `npm run schema` from the zod models and their TSDoc: change those.
import type * as pulumi from "@pulumi/pulumi";

/** How to reach a host. The names are those of `@pulumi/command`, so that one object serves both packages. */
export interface Connection {
  /**
   * Name or address of the host, or a name that `~/.ssh/config` has a block for. Refused: a URL, `user@host` or `host:port`: each part has a property of its own.
   * @example host: "ns1.example.com"
   */
  host: pulumi.Input<string>;
  /**
   * TCP port of the SSH server. Default: what `~/.ssh/config` says, else `22`.
   * @example port: 2222
   */
  port?: pulumi.Input<number | undefined>;
  /**
   * User to log in as. A user other than root needs `become`. Default: what `~/.ssh/config` says, else `"root"`.
   * @example user: "admin"
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * Password of the user, also used if the server asks for it by keyboard-interactive. The stack's state keeps it encrypted.
   * @example password: config.requireSecret("sshPassword")
   */
  password?: pulumi.Input<string | undefined>;
  /**
   * Private key, inline, in OpenSSH or PEM form. The stack's state keeps it encrypted. Without it and `privateKeyFile` the SSH agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is stored.
   * @example privateKey: config.requireSecret("sshKey")
   */
  privateKey?: pulumi.Input<string | undefined>;
  /**
   * File with the private key, on the machine that runs Pulumi: absolute, with `~`, or relative to the working directory. It is read at each login, and the state has its path alone. No other key is offered. The agent signs where it has this key, as for a file whose passphrase only the agent was told. Default: what `~/.ssh/config` says, else those of `~/.ssh`. Refused: together with `privateKey`.
   * @example privateKeyFile: "~/.ssh/fleet_ed25519"
   */
  privateKeyFile?: pulumi.Input<string | undefined>;
  /**
   * Passphrase of the private key or key file. The stack's state keeps it encrypted.
   * @example privateKeyPassword: config.requireSecret("sshPassphrase")
   */
  privateKeyPassword?: pulumi.Input<string | undefined>;
  /**
   * Socket of the SSH agent. Default: what `~/.ssh/config` says, else `$SSH_AUTH_SOCK`.
   * @example agentSocketPath: "/run/user/1000/ssh-agent.socket"
   */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /**
   * The host's public key. Without it the key must be in known_hosts. Refused: a host that presents any other key.
   * @example hostKey: "ssh-ed25519 AAAA…"
   */
  hostKey?: pulumi.Input<string | undefined>;
  /**
   * File of known host keys. Default: what `~/.ssh/config` says, else `~/.ssh/known_hosts` and `~/.ssh/known_hosts2`; then those of `/etc/ssh`.
   * @example knownHostsFile: "/etc/jails/known_hosts"
   */
  knownHostsFile?: pulumi.Input<string | undefined>;
  /**
   * Trusts a host whose key is unknown. Each run says so. Default: `false`. Refused: a key that differs from a known one, even with `true`.
   * @example allowUnknownHostKey: true
   */
  allowUnknownHostKey?: pulumi.Input<boolean | undefined>;
  /**
   * How often dialling a host, or logging in, may fail while a resource is created there: a new host needs time. `-1` is without end. Default: `10`.
   * @example dialErrorLimit: 30
   */
  dialErrorLimit?: pulumi.Input<number | undefined>;
  /**
   * How long a host may be silent, when it is dialled and later on. `0` is without end. Default: `15`.
   * @example perDialTimeout: 60
   */
  perDialTimeout?: pulumi.Input<number | undefined>;
  /**
   * Jump host, or several in the order in which they are passed.
   * @example proxy: { host: "jump.example.com", user: "admin" }
   */
  proxy?: pulumi.Input<ProxyConnection | pulumi.Input<ProxyConnection>[] | undefined>;
  /**
   * How a user other than root gets root's rights on the host. Without it such a user is refused, even for a tree of their own.
   * @example become: { method: "sudo" }
   */
  become?: pulumi.Input<Become | undefined>;
  /**
   * Whether `~/.ssh/config` and `/etc/ssh/ssh_config` count, for everything that is not stated here. Default: `true`.
   * @example sshConfig: false
   */
  sshConfig?: pulumi.Input<boolean | undefined>;
  /**
   * The effect of deleting a resource whose host is gone: `fail`, or `skip`, which removes it from the state alone and warns. Default: `"fail"`.
   * @example onUnreachable: "skip"
   */
  onUnreachable?: pulumi.Input<OnUnreachable | undefined>;
}

/** A jump host: an SSH server on the way to the host. */
export interface ProxyConnection {
  /**
   * Name or address of the host, or a name that `~/.ssh/config` has a block for. Refused: a URL, `user@host` or `host:port`: each part has a property of its own.
   * @example host: "ns1.example.com"
   */
  host: pulumi.Input<string>;
  /**
   * TCP port of the SSH server. Default: what `~/.ssh/config` says, else `22`.
   * @example port: 2222
   */
  port?: pulumi.Input<number | undefined>;
  /**
   * User to log in as. A user other than root needs `become`. Default: what `~/.ssh/config` says, else `"root"`.
   * @example user: "admin"
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * Password of the user, also used if the server asks for it by keyboard-interactive. The stack's state keeps it encrypted.
   * @example password: config.requireSecret("sshPassword")
   */
  password?: pulumi.Input<string | undefined>;
  /**
   * Private key, inline, in OpenSSH or PEM form. The stack's state keeps it encrypted. Without it and `privateKeyFile` the SSH agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is stored.
   * @example privateKey: config.requireSecret("sshKey")
   */
  privateKey?: pulumi.Input<string | undefined>;
  /**
   * File with the private key, on the machine that runs Pulumi: absolute, with `~`, or relative to the working directory. It is read at each login, and the state has its path alone. No other key is offered. The agent signs where it has this key, as for a file whose passphrase only the agent was told. Default: what `~/.ssh/config` says, else those of `~/.ssh`. Refused: together with `privateKey`.
   * @example privateKeyFile: "~/.ssh/fleet_ed25519"
   */
  privateKeyFile?: pulumi.Input<string | undefined>;
  /**
   * Passphrase of the private key or key file. The stack's state keeps it encrypted.
   * @example privateKeyPassword: config.requireSecret("sshPassphrase")
   */
  privateKeyPassword?: pulumi.Input<string | undefined>;
  /**
   * Socket of the SSH agent. Default: what `~/.ssh/config` says, else `$SSH_AUTH_SOCK`.
   * @example agentSocketPath: "/run/user/1000/ssh-agent.socket"
   */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /**
   * The host's public key. Without it the key must be in known_hosts. Refused: a host that presents any other key.
   * @example hostKey: "ssh-ed25519 AAAA…"
   */
  hostKey?: pulumi.Input<string | undefined>;
  /**
   * File of known host keys. Default: what `~/.ssh/config` says, else `~/.ssh/known_hosts` and `~/.ssh/known_hosts2`; then those of `/etc/ssh`.
   * @example knownHostsFile: "/etc/jails/known_hosts"
   */
  knownHostsFile?: pulumi.Input<string | undefined>;
  /**
   * Trusts a host whose key is unknown. Each run says so. Default: `false`. Refused: a key that differs from a known one, even with `true`.
   * @example allowUnknownHostKey: true
   */
  allowUnknownHostKey?: pulumi.Input<boolean | undefined>;
  /**
   * How often dialling a host, or logging in, may fail while a resource is created there: a new host needs time. `-1` is without end. Default: `10`.
   * @example dialErrorLimit: 30
   */
  dialErrorLimit?: pulumi.Input<number | undefined>;
  /**
   * How long a host may be silent, when it is dialled and later on. `0` is without end. Default: `15`.
   * @example perDialTimeout: 60
   */
  perDialTimeout?: pulumi.Input<number | undefined>;
}

/** How a user gets root's rights on the host. The user has to be allowed to run `/bin/sh` as root. */
export interface Become {
  /**
   * The command that gives root's rights. Refused: a sudoers entry with `requiretty` or `NOEXEC`; other sudoers settings do not matter.
   * @example method: "sudo"
   */
  method: pulumi.Input<Method>;
  /**
   * Password that sudo asks for: the user's, or root's with `targetpw`. The stack's state keeps it encrypted. It is sent once, and only when sudo asks: a wrong one is not tried again. Without it sudo must ask for none (`NOPASSWD`). Refused: a line break, more than 255 bytes, and any password for doas, which asks on a terminal alone: give it `nopass`.
   * @example password: config.requireSecret("sudoPassword")
   */
  password?: pulumi.Input<string | undefined>;
}

/** Limits of the daemon's processes (setrlimit(2)), soft and hard alike; the daemon inherits the other limits from its starter. */
export interface Limits {
  /**
   * Open descriptors of one process, and one more than the highest. Starting a program needs 16. Default: inherited.
   * @example nofile: 4096
   */
  nofile?: pulumi.Input<number | undefined>;
  /**
   * Processes and threads of the daemon's user on the whole host, in the jail or not. Default: inherited.
   * @example nproc: 64
   */
  nproc?: pulumi.Input<number | undefined>;
  /**
   * Size of a core dump. A dump holds the daemon's secrets and is written by the host. Default: `0`: none.
   * @example core: 0
   */
  core?: pulumi.Input<number | undefined>;
  /**
   * Address space of one process. Starting a program needs 16 MiB. Default: inherited.
   * @example as: 2 * 1024 ** 3
   */
  as?: pulumi.Input<number | undefined>;
  /**
   * Size of the longest file that the daemon may write. Default: inherited.
   * @example fsize: 100 * 1024 ** 2
   */
  fsize?: pulumi.Input<number | undefined>;
}

/** Owner and modes of everything in a jail without a more specific declaration. */
export interface Baseline {
  /**
   * User that owns files and directories, by name or number. Best `root`: the daemon must not own files that it only reads.
   * @example owner: "root"
   */
  owner: pulumi.Input<string>;
  /**
   * Group of files and directories, by name or number.
   * @example group: "bind"
   */
  group: pulumi.Input<string>;
  /**
   * Mode of regular files, absolute: four octal digits or symbols (`"u=rw,og=r"`). `X` (`"u=rwX,og=rX"`) is execute for files that are programs: a file that root owns says so by its execute bits when it is first seen, and the host's registry notes it. Refused: relative modes such as `g+w`.
   * @example fileMode: "0640"
   */
  fileMode: pulumi.Input<string>;
  /**
   * Mode of directories, absolute: four octal digits or symbols (`"u=rwx,og=rx"`). Refused: relative modes such as `g+w`.
   * @example directoryMode: "0750"
   */
  directoryMode: pulumi.Input<string>;
}

/** A device by its numbers; a known one without them, with an owner or a mode of its own. */
export interface Device {
  /**
   * Whether it is a character or a block device, as the first letter of `ls -l` says. Default: known for `null`, `zero`, `full`, `random`, `urandom` and `tty`; other names need it.
   * @example type: "character"
   */
  type?: pulumi.Input<DeviceType | undefined>;
  /**
   * The driver, as `ls -l` shows it before the comma. Default: known for the six names of `type`; other names need it.
   * @example major: 1
   */
  major?: pulumi.Input<number | undefined>;
  /**
   * The device of that driver, as `ls -l` shows it behind the comma. Default: known for the six names of `type`; other names need it.
   * @example minor: 3
   */
  minor?: pulumi.Input<number | undefined>;
  /**
   * User that owns the device, by name or number. Default: `"root"`.
   * @example owner: "root"
   */
  owner?: pulumi.Input<string | undefined>;
  /**
   * Group of the device, by name or number. Default: `"root"`.
   * @example group: "audio"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Rights to use it, absolute: four octal digits or symbols (`"ug=rw"`).
   * @example mode: "0660"
   */
  mode: pulumi.Input<string>;
  /**
   * Why the jail needs it. Refused: a blank.
   * @example reason: "the daemon plays its alarms"
   */
  reason: pulumi.Input<string>;
  /**
   * Why the daemon gets a device that is not known to be harmless. Harmless are null, zero, full, random, urandom and tty, by their numbers. Every other device is refused without it: with disks, memory, consoles, serial lines, other users' terminals, kvm or tun a daemon leaves its jail, or reads data that are not its own.
   * @example allowDangerous: "the sound card has no data of others"
   */
  allowDangerous?: pulumi.Input<string | undefined>;
}

/** Something that is mounted in a jail, always with nosuid and nodev. */
export interface Mount {
  /**
   * `bind` shows a directory, a regular file or a socket of the host, `tmpfs` is kept in memory and empty after a reboot, `proc` shows the kernel's information on the host's processes (proc(5)), for programs that do not work without; it needs Linux 5.8 and `allowDangerous`.
   * @example type: "bind"
   */
  type: pulumi.Input<MountType>;
  /**
   * The directory, file or socket of the host, of a bind. A file or a socket is mounted on an empty file, which `up` makes; where the host replaces it, the jail has the old one, which is drift. A socket is mounted again by `up` and not at the host's start, as its process starts late. A process that may connect to a socket reaches the process behind it: a process that runs as root and starts programs (docker, D-Bus, systemd) is a way out of the jail, even with `readOnly`. Refused: `/`, a directory that contains the jail or lies in it, file systems of the kernel; on the host, a link, or a path whose name anyone other than root may change.
   * @example source: "/srv/zones"
   */
  source?: pulumi.Input<string | undefined>;
  /**
   * Why a source is accepted that anyone other than root may replace, such as a directory in a user's home. Without it such a source is refused. The risk: these users decide at any time which files the daemon finds there; and one of their processes can hand the daemon a descriptor of a directory outside, through a socket in it (unix(7)), with which it leaves the jail. The source's path must have no link: otherwise `up` mounts nothing and fails. Only `up` mounts it, as a host that starts follows links.
   * @example untrustedSource: "only the release user writes there"
   */
  untrustedSource?: pulumi.Input<string | undefined>;
  /**
   * Whether nothing can be changed through a bind or proc. With `false`, the owners and modes behind the mount say which users may write. Default: `true`.
   * @example readOnly: false
   */
  readOnly?: pulumi.Input<boolean | undefined>;
  /**
   * Whether programs can be run from a bind or a tmpfs. Default: `false`.
   * @example exec: true
   */
  exec?: pulumi.Input<boolean | undefined>;
  /**
   * How much a tmpfs holds at most: a number with `k`, `m` or `g`. A tmpfs needs it: the kernel's default is half of all memory.
   * @example size: "16m"
   */
  size?: pulumi.Input<string | undefined>;
  /**
   * Owner of the top of a tmpfs, by name or number. Default: `"root"`.
   * @example owner: "root"
   */
  owner?: pulumi.Input<string | undefined>;
  /**
   * Group of the top of a tmpfs, by name or number. Default: `"root"`.
   * @example group: "bind"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Mode of the top of a tmpfs, absolute. With the sticky bit, as in `"1777"` for a `tmp`, every user who may write there keeps their own files (unlink(2)). Default: `"0755"`.
   * @example mode: "1777"
   */
  mode?: pulumi.Input<string | undefined>;
  /**
   * The processes that a proc shows. `ptraceable`: the processes that the reader may trace, its own user's. `invisible` shows all processes to root's group, `noaccess` shows their numbers to everybody, `off` shows all of them to everybody. Default: `"ptraceable"`.
   * @example hidepid: "invisible"
   */
  hidepid?: pulumi.Input<Hidepid | undefined>;
  /**
   * Whether a proc has processes alone (`pid`), or `all`, with the kernel's other files, such as `meminfo` and `sys`. Default: `"pid"`.
   * @example subset: "all"
   */
  subset?: pulumi.Input<Subset | undefined>;
  /**
   * Why the daemon gets a proc, which is refused without it. A daemon leaves its jail through `/proc/PID/root` or `/proc/PID/cwd` of any process outside that has its user, whatever `hidepid` and `subset` are: nothing else on the host may run as that user.
   * @example allowDangerous: "no other process has this user"
   */
  allowDangerous?: pulumi.Input<string | undefined>;
  /**
   * Why the jail needs it. Refused: a blank.
   * @example reason: "the zones, which the host's tools write"
   */
  reason: pulumi.Input<string>;
}

/** Where programs in a jail send their log lines: a datagram socket whose other end the host has. */
export interface LogSocket {
  /**
   * The listener. `journald`: its socket is bound in the jail. `syslog`: the host's rsyslog makes a socket of its own in the jail, again at each restart; needs `/etc/rsyslog.d`. An absolute path: that datagram socket of the host is bound. A restart of its listener leaves a dead socket, which is drift; after a restart of the host `pulumi up` binds it again. Refused: on the host, a path that is no datagram socket, is a link, or lies where anyone other than root may write.
   * @example from: "journald"
   */
  from: pulumi.Input<string>;
  /**
   * Path in the jail. The C library looks at `dev/log`. Default: `"dev/log"`. Refused: on the host, a path below a directory that anyone other than root may write to.
   * @example path: "dev/log"
   */
  path?: pulumi.Input<string | undefined>;
  /**
   * Absolute path of the host's file that the lines come to. `pulumi up` sends a line through the socket, and fails if it does not find it there within 5 seconds. Default: the journal, syslogd's memory, and the usual files of `/var/log`.
   * @example foundIn: "/var/log/named.log"
   */
  foundIn?: pulumi.Input<string | undefined>;
  /**
   * Why the jail needs it. Refused: a blank.
   * @example reason: "named logs to syslog"
   */
  reason: pulumi.Input<string>;
}

/** Names that the jail's `etc/passwd` and `etc/group` have, with the numbers of the host. */
export interface Accounts {
  /**
   * Users by name, each with the reason or with more than that.
   * @example users: { bind: "it drops its rights by name" }
   */
  users?: pulumi.Input<{ [key: string]: pulumi.Input<string | JailUser> } | undefined>;
  /**
   * Groups by name, each with the reason. They have no members.
   * @example groups: { bind: "its group" }
   */
  groups?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
}

/** A user of the jail, where more than the reason has to be said. */
export interface JailUser {
  /**
   * Why the jail has to know it. Refused: a blank.
   * @example reason: "sftp users log in as it"
   */
  reason: pulumi.Input<string>;
  /**
   * Absolute path of its shell in the jail, which `binaries` can put there. With the default it cannot log in. If the `etc/passwd` of an existing jail has a shell for the user, or a home beside a shell, the jail is taken over only where both are stated. Default: `"/usr/sbin/nologin"`. Refused: relative paths, `:` and control characters (passwd(5)).
   * @example shell: "/bin/sh"
   */
  shell?: pulumi.Input<string | undefined>;
  /**
   * Absolute path of its home in the jail. Default: `"/"`. Refused: as in `shell`.
   * @example home: "/home/upload"
   */
  home?: pulumi.Input<string | undefined>;
  /**
   * Its full name, or another comment: the field that is called GECOS. Default: empty. Refused: `:` and control characters.
   * @example comment: "uploads of partners"
   */
  comment?: pulumi.Input<string | undefined>;
  /**
   * Its group, by name or number. Default: its group on the host.
   * @example group: "partners"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Why the jail names a user whose number is 0. Such a user is refused without it.
   * @example allowRoot: "the daemon looks root up by name"
   */
  allowRoot?: pulumi.Input<string | undefined>;
}

/** Files that a jail has as its host has them, at the same place, each with the reason. */
export interface HostFiles {
  /**
   * `etc/nsswitch.conf`: where programs look for names.
   * @example nsswitch: "names come from files and DNS"
   */
  nsswitch?: pulumi.Input<string | undefined>;
  /**
   * `etc/resolv.conf`: the name servers that programs ask.
   * @example resolvConf: "it resolves its upstreams"
   */
  resolvConf?: pulumi.Input<string | undefined>;
  /**
   * `etc/hosts`: names of hosts.
   * @example hosts: "names of its peers"
   */
  hosts?: pulumi.Input<string | undefined>;
  /**
   * `etc/localtime`: the time zone; a file here, where the host has a link.
   * @example localtime: "log lines in local time"
   */
  localtime?: pulumi.Input<string | undefined>;
  /**
   * Certificates of authorities: `etc/ssl/certs/ca-certificates.crt`, or the `path` that the host has them at.
   * @example caBundle: "it fetches over https"
   */
  caBundle?: pulumi.Input<string | CaBundle | undefined>;
  /**
   * `etc/services`: names of ports.
   * @example services: "its configuration names ports"
   */
  services?: pulumi.Input<string | undefined>;
  /**
   * `etc/protocols`: names of protocols.
   * @example protocols: "its configuration names protocols"
   */
  protocols?: pulumi.Input<string | undefined>;
}

/** A file of the host that has another place than on most hosts. */
export interface CaBundle {
  /**
   * Absolute path of the file, on the host and in the jail.
   * @example path: "/etc/pki/tls/certs/ca-bundle.crt"
   */
  path: pulumi.Input<string>;
  /**
   * Why the jail needs it. Refused: a blank.
   * @example reason: "it fetches over https"
   */
  reason: pulumi.Input<string>;
}

/** The jail of a resource: a `Jail`, or connection and root of a jail that is declared elsewhere. */
export interface JailReference {
  /**
   * How to reach the host over SSH.
   * @example connection: { host: "ns1.example.com" }
   */
  connection: pulumi.Input<Connection>;
  /**
   * Root of a jail that a `Jail` declares, here or in another stack.
   * @example root: "/chroot/named"
   */
  root: pulumi.Input<string>;
}

/** The effect of deleting a resource whose host is gone: `fail`, or `skip`, which removes it from the state alone and warns. */
export type OnUnreachable = "fail" | "skip";

/** The command that gives root's rights. */
export type Method = "sudo" | "doas";

/** Whether it is a character or a block device, as the first letter of `ls -l` says. */
export type DeviceType = "character" | "block";

/** `bind` shows a directory, a regular file or a socket of the host, `tmpfs` is kept in memory and empty after a reboot, `proc` shows the kernel's information on the host's processes (proc(5)), for programs that do not work without; it needs Linux 5.8 and `allowDangerous`. */
export type MountType = "bind" | "tmpfs" | "proc";

/** The processes that a proc shows. `ptraceable`: the processes that the reader may trace, its own user's. `invisible` shows all processes to root's group, `noaccess` shows their numbers to everybody, `off` shows all of them to everybody. */
export type Hidepid = "off" | "noaccess" | "invisible" | "ptraceable";

/** Whether a proc has processes alone (`pid`), or `all`, with the kernel's other files, such as `meminfo` and `sys`. */
export type Subset = "pid" | "all";

/** The treatment of entries that no resource declares, where only root may write (everything below `writable` directories, matched by a rule or excluded is declared). `report` lists them as findings; `ignore` does not; `prune` makes each of them drift, a directory with everything below it, and `pulumi up` moves them to `.pulumi-chroot` in the root, which only root may enter, and says how to bring each back. After 7 days there the next `pulumi up` removes them. With `prune` a new resource that is declared after an `await`, or at a path that is an Output, comes too late: name its paths in `protect`. */
export type Undeclared = "report" | "ignore" | "prune";

/** The effect that deleting the resource has on the jail. `keep` leaves it as it is, and its daemon at work. `removeCreated` removes the files that this stack's resources have put there and onto the host where none were before. Files of others in directories that were made with the jail are moved to `.pulumi-chroot` in its root, and files that were there before stay as they are. The jail's mounts are unmounted first. The value that the last `pulumi up` has recorded on the host counts: run it between a change of this property and `pulumi destroy`. */
export type OnDelete = "keep" | "removeCreated";

/** Setuid, setgid and sticky bits of the matching paths, complete: other bits are drift. The sticky bit is for directories. */
export type Special = "setuid" | "setgid" | "sticky";

/** The form of the launcher: `script` is POSIX sh and needs setpriv and prlimit of util-linux, chroot of GNU coreutils, and keyctl or e4crypt; `systemd` is a unit, which confines the daemon further. */
export type Kind = "script" | "systemd";

/** The arguments of a `Jail`. */
export interface JailArgs {
  /**
   * How to reach the host over SSH.
   * @example connection: { host: "ns1.example.com" }
   */
  connection: pulumi.Input<Connection>;
  /**
   * Absolute path of the jail on the host. `pulumi up` creates missing parent directories, owned by root with mode 0755. Refused: `/` and directories of the system, relative paths, `..`; on the host, a parent that is not owned by root or that its group or others may write to (as sshd's ChrootDirectory), unless it has the sticky bit and root owns every directory on the path to the jail; a place in another jail that does not exclude it, and a place that the host's fstab mounts and that is not mounted.
   * @example root: "/chroot/named"
   */
  root: pulumi.Input<string>;
  /**
   * User that the daemon runs as, by name or number. Refused: number 0 without `allowRoot`, as root leaves any chroot.
   * @example user: "bind"
   */
  user: pulumi.Input<string>;
  /**
   * Why the daemon of this jail is root.
   * @example allowRoot: "the daemon drops root for each session"
   */
  allowRoot?: pulumi.Input<string | undefined>;
  /**
   * Group that the daemon runs as, by name or number.
   * @example group: "bind"
   */
  group: pulumi.Input<string>;
  /**
   * Owner and modes of every regular file and directory that no rule says more about. They never apply to links, devices, sockets and FIFOs.
   * @example baseline: { owner: "root", group: "bind", fileMode: "0640", directoryMode: "0750" }
   */
  baseline: pulumi.Input<Baseline>;
  /**
   * Directories that must exist, each with the reason. Their parents are implied. A directory below a `writable` one has its owner and mode.
   * @example directories: { etc: "named.conf and the zones" }
   */
  directories?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Directories in which the daemon may write, each with the reason: `root:<group>` 0770. The daemon's files in them are expected, and their owners and modes are left alone; setuid and setgid bits are still drift.
   * @example writable: { "var/run": "named writes its PID file here" }
   */
  writable?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Programs that a wrapped daemon needs in its jail, as absolute paths of the host, each with the reason. Each comes with its loader and all its libraries, once, owned by root and with the host's own permissions to run them; when the host has newer ones, that is drift. A daemon that changes its root itself needs none. No program is ever run to find its libraries. Refused: on the host, a program that it lacks, that is for another architecture, or that lies where anyone other than root may write.
   * @example binaries: { "/usr/sbin/named": "the daemon" }
   */
  binaries?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Devices by their names below `dev`: `null`, `zero`, `full`, `random`, `urandom` and `tty` each with the reason, or with the reason and a mode; others with their type and numbers, too. A device that is not declared is drift, and is moved away. Refused: every device other than these six, without `allowDangerous`; on the host, a file system that is mounted `nodev`.
   * @example devices: { null: "output that nobody reads", urandom: { mode: "0444", reason: "keys" } }
   */
  devices?: pulumi.Input<{ [key: string]: pulumi.Input<string | Device> } | undefined>;
  /**
   * Mounts of the jail, by their path there: a part of the host (read-only unless said otherwise), a tmpfs, or a proc. It is mounted again when the host starts, and a `Wrapper` starts no daemon before. A mount that is missing or has other limits is drift; below a mount nothing is looked at or changed. Refused: on the host, a place below a directory that anyone other than root may write to.
   * @example mounts: { tmp: { type: "tmpfs", size: "16m", mode: "1777", reason: "sort runs" } }
   */
  mounts?: pulumi.Input<{ [key: string]: pulumi.Input<Mount> } | undefined>;
  /**
   * Where programs in the jail send their log lines. A socket without a listener is drift; `pulumi up` sends a line through it and looks where it comes out.
   * @example logSocket: { from: "journald", reason: "named logs to syslog" }
   */
  logSocket?: pulumi.Input<LogSocket | undefined>;
  /**
   * Users and groups that programs in the jail have to find by name: stub lines of `etc/passwd` and `etc/group`, owned by root and with no hash, and no shell unless one is stated, with the numbers that the host has. When the host renumbers one, that is drift; so is any other line, and any other field. Refused: number 0 without `allowRoot`; on the host, a user or group that it does not know, two names with one number, and a user who can log in today, if the program states no `shell` or `home` for them.
   * @example accounts: { users: { bind: "it drops its rights by name" } }
   */
  accounts?: pulumi.Input<Accounts | undefined>;
  /**
   * Files that are kept equal to the host's, at the same place in the jail and owned by root, each with the reason: when the host has a newer one, that is drift. Refused: on the host, a file that it does not have.
   * @example hostFiles: { hosts: "names of its peers" }
   */
  hostFiles?: pulumi.Input<HostFiles | undefined>;
  /**
   * Globs that are left alone, with everything below them, each with the reason. Needed for another jail in this one.
   * @example exclude: { "srv/upload/**": "another tool owns it" }
   */
  exclude?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * The treatment of entries that no resource declares, where only root may write (everything below `writable` directories, matched by a rule or excluded is declared). `report` lists them as findings; `ignore` does not; `prune` makes each of them drift, a directory with everything below it, and `pulumi up` moves them to `.pulumi-chroot` in the root, which only root may enter, and says how to bring each back. After 7 days there the next `pulumi up` removes them. With `prune` a new resource that is declared after an `await`, or at a path that is an Output, comes too late: name its paths in `protect`. Default: `"report"`.
   * @example undeclared: "prune"
   */
  undeclared?: pulumi.Input<Undeclared | undefined>;
  /**
   * Globs that `undeclared: "prune"` never moves, with everything below them, each with the reason. Devices are moved all the same: declare or exclude them.
   * @example protect: { "etc/local/**": "the admins keep notes there" }
   */
  protect?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Globs of entries that `undeclared: "prune"` moves, with everything below them, even if a process has one open, mapped or locked, runs it or has bound it as a socket, even if its use cannot be checked, and even if anyone other than root may write there (a mail queue). Each with the reason. Without it such entries stay, and are drift. The working directory or the root of a process always stays.
   * @example pruneAnyway: { "var/spool/old/**": "the old queue, which nobody reads" }
   */
  pruneAnyway?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Findings that are known and stay, by `id` or `id@path`, each with the reason: they are shown as accepted, no longer cause a warning, and no longer count for `failOnStaleProcess`. A place that is not checked is accepted by its path, if only root may write above it. The path is that of one entry: a glob has no meaning there. Refusals of `pulumi up` are never accepted. An accepted finding that no longer occurs is reported. Refused: ids that do not exist.
   * @example accept: { "undeclared-entry@var/cache/old": "the last admin's cache" }
   */
  accept?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Take over a directory that exists, is not empty and was not made by this package. With `false`, `pulumi preview` shows the changes, and `pulumi up` refuses. A root below `/etc` (`/etc/nsd`) always needs it, and everything in it has to belong to root, or to users and groups that the program names. Default: `false`.
   * @example adopt: true
   */
  adopt?: pulumi.Input<boolean | undefined>;
  /**
   * `project/stack` of a stack that is gone: takes over its jail and its records, without `adopt`. Paths that the old stack's rules and files declared, and this program does not, are from then on held to this Jail's baseline.
   * @example takeOverFrom: "dns/old-prod"
   */
  takeOverFrom?: pulumi.Input<string | undefined>;
  /**
   * Running processes of a daemon that changes its root itself and that are not as declared (another user than the jail's, root, ways out of the jail) are drift. With `false` they are findings. Where a `Wrapper` starts the daemon, the `Wrapper` has this property. Default: `false`.
   * @example failOnStaleProcess: true
   */
  failOnStaleProcess?: pulumi.Input<boolean | undefined>;
  /**
   * The effect that deleting the resource has on the jail. `keep` leaves it as it is, and its daemon at work. `removeCreated` removes the files that this stack's resources have put there and onto the host where none were before. Files of others in directories that were made with the jail are moved to `.pulumi-chroot` in its root, and files that were there before stay as they are. The jail's mounts are unmounted first. The value that the last `pulumi up` has recorded on the host counts: run it between a change of this property and `pulumi destroy`. Default: `"keep"`. Refused: `removeCreated` on the host while a process has this root, or something else is mounted in it.
   * @example onDelete: "removeCreated"
   */
  onDelete?: pulumi.Input<OnDelete | undefined>;
}

/** The arguments of a `JailFile`. */
export interface JailFileArgs {
  /**
   * The jail of the file: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: pulumi.Input<JailReference>;
  /**
   * Path of the file, relative to the jail's root. Directories above it are made as the baseline says. Refused: `..`, absolute paths; on the host, a way through a link, a directory in its place, a place below a mount point.
   * @example path: "etc/named.conf"
   */
  path: pulumi.Input<string>;
  /**
   * The content, as text in UTF-8. A secret stays one: no part of it, not even its size, is shown or logged.
   * @example content: 'options { directory "/var/run"; };\n'
   */
  content?: pulumi.Input<string | undefined>;
  /**
   * The content, as an asset; or as an archive, from which `entry` is taken. It may have any size: it is sent piece by piece. Refused: a remote asset, and an archive without `entry`.
   * @example source: new pulumi.asset.FileAsset("named.conf")
   */
  source?: pulumi.Input<pulumi.asset.Asset | pulumi.asset.Archive | undefined>;
  /**
   * Name of the file in the archive that `source` is.
   * @example entry: "zones/example.com.db"
   */
  entry?: pulumi.Input<string | undefined>;
  /**
   * Absolute path of a file of the host. The file in the jail is kept equal to it, and a difference is drift. Links are followed where only root may write. Below another user's directory (`/run/systemd/resolve`) the path must have no link, the file must belong to that user, and only that user may write there. Refused: on the host, every other file, as root would copy any file that is put there.
   * @example hostFile: "/etc/ssl/certs/ns1.pem"
   */
  hostFile?: pulumi.Input<string | undefined>;
  /**
   * The content is a secret, wherever it comes from: no text, checksum or size of it is shown or logged. A `content` or a `source` that is a `pulumi.secret` needs no `secret`. Default: `false`.
   * @example secret: true
   */
  secret?: pulumi.Input<boolean | undefined>;
  /**
   * The path that a symbolic link points to, instead of a content. The daemon resolves it within the jail.
   * @example symlinkTo: "../run/named.key"
   */
  symlinkTo?: pulumi.Input<string | undefined>;
  /**
   * `true` for a directory with a `hostLink`, instead of a content: a whole `/etc/nsd` that people and tools find in the jail. A missing directory is made as the rules and the baseline say. Other resources declare its entries. Default: a file or a symbolic link. Refused: a directory without a `hostLink`: the Jail's `directories` declare it.
   * @example directory: true
   */
  directory?: pulumi.Input<boolean | undefined>;
  /**
   * User that owns the file, by name or number. Default: as the rules and the baseline say.
   * @example owner: "root"
   */
  owner?: pulumi.Input<string | undefined>;
  /**
   * Group of the file, by name or number. Default: as `owner`.
   * @example group: "bind"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Mode of the file, absolute: four octal digits or symbols (`"u=rw,g=r,o="`). Default: as `owner`.
   * @example mode: "0640"
   */
  mode?: pulumi.Input<string | undefined>;
  /**
   * A symbolic link on the host that points to the file or directory, for tools and people: an absolute path. Root reads, sources or runs files through it. Refused: a place in the jail; on the host, a place where anyone other than root may write, a file that the declaration lets the daemon write or replace, a directory in which it may write anywhere, and one with a mount below it.
   * @example hostLink: "/etc/named.conf"
   */
  hostLink?: pulumi.Input<string | undefined>;
  /**
   * Puts the `hostLink` in the place of a file that is there. The registry keeps that file. Default: `false`.
   * @example overwrite: true
   */
  overwrite?: pulumi.Input<boolean | undefined>;
  /**
   * Command and arguments that have to accept the file before it is put in place. `{file}` is its path as the host sees it, `{jailFile}` as the jail does, `{root}` the jail's root. It runs on the host, without a shell, as root unless `validateUser` says otherwise. Default: none. Refused: a command that contains neither `{file}` nor `{jailFile}`.
   * @example validate: ["named-checkconf", "-t", "{root}", "{jailFile}"]
   */
  validate?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * User whose rights `validate` has, by name or number: the rights of this user's group, and this user's rights to the file. Its process has a number that no user on the host has, so that the daemon cannot take it over. It cannot read other files that only the user itself may read. Default: `"root"`.
   * @example validateUser: "bind"
   */
  validateUser?: pulumi.Input<string | undefined>;
  /**
   * Command and arguments that make a change take effect. It runs on the host, as root, without a shell, once for all files of the jail that change together and give the same command. If it fails, the files are as they were before, and `pulumi up` fails. Default: none.
   * @example onChange: ["rndc", "reconfig"]
   */
  onChange?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * How long `validate` and `onChange` may take, each. Default: `60`.
   * @example timeLimit: 120
   */
  timeLimit?: pulumi.Input<number | undefined>;
  /**
   * Why the file is in the jail. It is shown wherever the file is. Refused: a blank.
   * @example reason: "named reads its configuration in the jail"
   */
  reason: pulumi.Input<string>;
}

/** The arguments of a `PermissionRule`. */
export interface PermissionRuleArgs {
  /**
   * The jail of the rule: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: pulumi.Input<JailReference>;
  /**
   * Path, or glob, relative to the jail's root (`.` is the root itself). `*`, `?` and `[…]` stay within a component and match dotfiles, `**` goes across, `a/**` is everything below `a` and not `a`. It matches regular files and directories only. Refused: absolute paths and `..`.
   * @example match: "etc/zones/**"
   */
  match: pulumi.Input<string>;
  /**
   * User that owns the matching paths, by name or number; `any` leaves the owner unchecked. Default: as rules of lower rank and the baseline say.
   * @example owner: "root"
   */
  owner?: pulumi.Input<string | undefined>;
  /**
   * Group of the matching paths, by name or number; `any` leaves the group unchecked. Default: as `owner`.
   * @example group: "bind"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Mode of the regular files that match: four octal digits, or symbols. Relative ones (`"g+w"`, `"o="`) are applied to the mode composed so far. A mode that says all but `X` (`"u=rwX,go=rX"`) is for a mixed tree, as in the Jail's baseline. `any` leaves it unchecked (setuid and setgid are still drift). Default: as `owner`.
   * @example fileMode: "0640"
   */
  fileMode?: pulumi.Input<string | undefined>;
  /**
   * Mode of the directories that match; as `fileMode`. Default: as `owner`.
   * @example directoryMode: "u=rwx,og=x"
   */
  directoryMode?: pulumi.Input<string | undefined>;
  /**
   * Setuid, setgid and sticky bits of the matching paths, complete: other bits are drift. The sticky bit is for directories. Default: none. Refused: `setuid`, and `setgid` of a file, without a literal path in directories where only root may write.
   * @example special: ["setgid"]
   */
  special?: pulumi.Input<pulumi.Input<Special>[] | undefined>;
  /**
   * Access of further users and groups, in the notation of setfacl(1). New entries in a directory inherit `"default:group:adm:rx"`. The list is complete: other entries are drift. The mode's group bits become the mask, which lets the declared access through. Default: none. Refused: on the host, a host without setfacl.
   * @example acl: ["user:backup:rX"]
   */
  acl?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * File capabilities in the notation of setcap(8). For regular files only. Default: none. Refused: a glob, and a path in directories where anyone other than root may write; on the host, a host without setcap.
   * @example capabilities: "cap_net_bind_service=ep"
   */
  capabilities?: pulumi.Input<string | undefined>;
  /**
   * The matching paths may come and go (sockets, PID files): a rule without a match is no sign of a mistake. Default: `false`.
   * @example runtime: true
   */
  runtime?: pulumi.Input<boolean | undefined>;
  /**
   * Globs that the rule leaves out, relative to the jail's root. Default: none.
   * @example except: ["etc/zones/slave/**"]
   */
  except?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The rule with the higher number wins; at the same number, a literal path beats a glob. Default: `100`. Refused: on the host, two rules of equal rank that disagree on a path.
   * @example order: 200
   */
  order?: pulumi.Input<number | undefined>;
  /**
   * Why these paths differ from the baseline. It is shown wherever the rule is. Refused: a blank.
   * @example reason: "only the way to var/run"
   */
  reason: pulumi.Input<string>;
}

/** The arguments of a `Wrapper`. */
export interface WrapperArgs {
  /**
   * The jail of the daemon: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: pulumi.Input<JailReference>;
  /**
   * Absolute path of the launcher on the host; with kind `systemd` the unit, `/etc/systemd/system/named-jail.service`. Refused: a place in a jail; on the host, one that anyone other than root may change.
   * @example path: "/usr/local/sbin/named-jail"
   */
  path: pulumi.Input<string>;
  /**
   * Program and arguments as seen in the jail, the program by its absolute path. It has to stay in the foreground. No shell reads them; anybody on the host may.
   * @example command: ["/usr/sbin/named", "-f"]
   */
  command: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * User that the daemon runs as, by name or number of the host. Default: the jail's. Refused: root.
   * @example user: "bind"
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * Group that the daemon runs as, by name or number of the host. Default: the jail's. Refused: the group of root.
   * @example group: "bind"
   */
  group?: pulumi.Input<string | undefined>;
  /**
   * Further groups of the daemon, by name or number of the host: these and no others, whatever the jail's files say. Default: none. Refused: the group of root.
   * @example supplementaryGroups: ["ssl-cert"]
   */
  supplementaryGroups?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The daemon's environment beside `PATH` (`/usr/bin:/bin`) and `LANG` (`C.UTF-8`), which it may replace; nothing is inherited. It is no place for secrets: anybody on the host may read what starts the daemon. Default: none. Refused: `LD_*` and others that change which code is loaded.
   * @example environment: { TZ: "UTC" }
   */
  environment?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * Mode bits that the daemon's new files do not get, as four octal digits. Default: `"0027"`. Refused: a umask that lets everybody write.
   * @example umask: "0077"
   */
  umask?: pulumi.Input<string | undefined>;
  /**
   * Limits of the daemon's processes.
   * @example limits: { nofile: 4096 }
   */
  limits?: pulumi.Input<Limits | undefined>;
  /**
   * Capabilities that the daemon keeps when it gives up root (capabilities(7)), by name without `cap_`, each with the reason. Default: none. Refused: capabilities that are as good as root, such as `sys_admin`.
   * @example capabilities: { net_bind_service: "port 53" }
   */
  capabilities?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /**
   * The form of the launcher: `script` is POSIX sh and needs setpriv and prlimit of util-linux, chroot of GNU coreutils, and keyctl or e4crypt; `systemd` is a unit, which confines the daemon further. Default: `"script"`. Refused: on the host, a form that it cannot run safely.
   * @example kind: "systemd"
   */
  kind?: pulumi.Input<Kind | undefined>;
  /**
   * Command that is run on the host after the launcher was written or changed, as root, without a shell. Default: none.
   * @example restart: ["systemctl", "restart", "named-jail"]
   */
  restart?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Running processes of the jail that are not as declared here are drift, which only their restart repairs. With `false` they are findings. Default: `false`.
   * @example failOnStaleProcess: true
   */
  failOnStaleProcess?: pulumi.Input<boolean | undefined>;
  /**
   * Why the daemon is started in this way. The launcher shows it. Refused: a blank.
   * @example reason: "named has to drop root before it reads a packet"
   */
  reason: pulumi.Input<string>;
}
