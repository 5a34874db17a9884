// Made by `npm run schema` from the zod models and their TSDoc: change those.

/** The command that gives root's rights. */
type PlainMethod = "sudo" | "doas";

/** The effect of deleting a resource whose host is gone: `fail`, or `skip`, which removes it from the state alone and warns. */
type PlainOnUnreachable = "fail" | "skip";

/** How a user gets root's rights on the host. The user has to be allowed to run `/bin/sh` as root. */
interface PlainBecome {
  /**
   * The command that gives root's rights. Refused: a sudoers entry with `requiretty` or `NOEXEC`; other sudoers settings do not matter.
   * @example method: "sudo"
   */
  method: PlainMethod;
  /**
   * Password that sudo asks for: the user's, or root's with `targetpw`. The stack's state keeps it encrypted. It is sent once, and only when sudo asks: a wrong one is not tried again. Without it sudo must ask for none (`NOPASSWD`). Refused: a line break, more than 255 bytes, and any password for doas, which asks on a terminal alone: give it `nopass`.
   * @example password: config.requireSecret("sudoPassword")
   */
  password?: string | undefined;
}

/** A jump host: an SSH server on the way to the host. */
interface PlainProxyConnection {
  /**
   * Name or address of the host, or a name that `~/.ssh/config` has a block for. Refused: a URL, `user@host` or `host:port`: each part has a property of its own.
   * @example host: "ns1.example.com"
   */
  host: string;
  /**
   * TCP port of the SSH server. Default: what `~/.ssh/config` says, else `22`.
   * @example port: 2222
   */
  port?: number | undefined;
  /**
   * User to log in as. A user other than root needs `become`. Default: what `~/.ssh/config` says, else `"root"`.
   * @example user: "admin"
   */
  user?: string | undefined;
  /**
   * Password of the user, also used if the server asks for it by keyboard-interactive. The stack's state keeps it encrypted.
   * @example password: config.requireSecret("sshPassword")
   */
  password?: string | undefined;
  /**
   * Private key, inline, in OpenSSH or PEM form. The stack's state keeps it encrypted. Without it and `privateKeyFile` the SSH agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is stored.
   * @example privateKey: config.requireSecret("sshKey")
   */
  privateKey?: string | undefined;
  /**
   * File with the private key, on the machine that runs Pulumi: absolute, with `~`, or relative to the working directory. It is read at each login, and the state has its path alone. No other key is offered. The agent signs where it has this key, as for a file whose passphrase only the agent was told. Default: what `~/.ssh/config` says, else those of `~/.ssh`. Refused: together with `privateKey`.
   * @example privateKeyFile: "~/.ssh/fleet_ed25519"
   */
  privateKeyFile?: string | undefined;
  /**
   * Passphrase of the private key or key file. The stack's state keeps it encrypted.
   * @example privateKeyPassword: config.requireSecret("sshPassphrase")
   */
  privateKeyPassword?: string | undefined;
  /**
   * Socket of the SSH agent. Default: what `~/.ssh/config` says, else `$SSH_AUTH_SOCK`.
   * @example agentSocketPath: "/run/user/1000/ssh-agent.socket"
   */
  agentSocketPath?: string | undefined;
  /**
   * The host's public key. Without it the key must be in known_hosts. Refused: a host that presents any other key.
   * @example hostKey: "ssh-ed25519 AAAA…"
   */
  hostKey?: string | undefined;
  /**
   * File of known host keys. Default: what `~/.ssh/config` says, else `~/.ssh/known_hosts` and `~/.ssh/known_hosts2`; then those of `/etc/ssh`.
   * @example knownHostsFile: "/etc/jails/known_hosts"
   */
  knownHostsFile?: string | undefined;
  /**
   * Trusts a host whose key is unknown. Each run says so. Default: `false`. Refused: a key that differs from a known one, even with `true`.
   * @example allowUnknownHostKey: true
   */
  allowUnknownHostKey?: boolean | undefined;
  /**
   * How often dialling a host, or logging in, may fail while a resource is created there: a new host needs time. `-1` is without end. Default: `10`.
   * @example dialErrorLimit: 30
   */
  dialErrorLimit?: number | undefined;
  /**
   * How long a host may be silent, when it is dialled and later on. `0` is without end. Default: `15`.
   * @example perDialTimeout: 60
   */
  perDialTimeout?: number | undefined;
}

/** How to reach a host. The names are those of `@pulumi/command`, so that one object serves both packages. */
export interface PlainConnection {
  /**
   * Name or address of the host, or a name that `~/.ssh/config` has a block for. Refused: a URL, `user@host` or `host:port`: each part has a property of its own.
   * @example host: "ns1.example.com"
   */
  host: string;
  /**
   * TCP port of the SSH server. Default: what `~/.ssh/config` says, else `22`.
   * @example port: 2222
   */
  port?: number | undefined;
  /**
   * User to log in as. A user other than root needs `become`. Default: what `~/.ssh/config` says, else `"root"`.
   * @example user: "admin"
   */
  user?: string | undefined;
  /**
   * Password of the user, also used if the server asks for it by keyboard-interactive. The stack's state keeps it encrypted.
   * @example password: config.requireSecret("sshPassword")
   */
  password?: string | undefined;
  /**
   * Private key, inline, in OpenSSH or PEM form. The stack's state keeps it encrypted. Without it and `privateKeyFile` the SSH agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is stored.
   * @example privateKey: config.requireSecret("sshKey")
   */
  privateKey?: string | undefined;
  /**
   * File with the private key, on the machine that runs Pulumi: absolute, with `~`, or relative to the working directory. It is read at each login, and the state has its path alone. No other key is offered. The agent signs where it has this key, as for a file whose passphrase only the agent was told. Default: what `~/.ssh/config` says, else those of `~/.ssh`. Refused: together with `privateKey`.
   * @example privateKeyFile: "~/.ssh/fleet_ed25519"
   */
  privateKeyFile?: string | undefined;
  /**
   * Passphrase of the private key or key file. The stack's state keeps it encrypted.
   * @example privateKeyPassword: config.requireSecret("sshPassphrase")
   */
  privateKeyPassword?: string | undefined;
  /**
   * Socket of the SSH agent. Default: what `~/.ssh/config` says, else `$SSH_AUTH_SOCK`.
   * @example agentSocketPath: "/run/user/1000/ssh-agent.socket"
   */
  agentSocketPath?: string | undefined;
  /**
   * The host's public key. Without it the key must be in known_hosts. Refused: a host that presents any other key.
   * @example hostKey: "ssh-ed25519 AAAA…"
   */
  hostKey?: string | undefined;
  /**
   * File of known host keys. Default: what `~/.ssh/config` says, else `~/.ssh/known_hosts` and `~/.ssh/known_hosts2`; then those of `/etc/ssh`.
   * @example knownHostsFile: "/etc/jails/known_hosts"
   */
  knownHostsFile?: string | undefined;
  /**
   * Trusts a host whose key is unknown. Each run says so. Default: `false`. Refused: a key that differs from a known one, even with `true`.
   * @example allowUnknownHostKey: true
   */
  allowUnknownHostKey?: boolean | undefined;
  /**
   * How often dialling a host, or logging in, may fail while a resource is created there: a new host needs time. `-1` is without end. Default: `10`.
   * @example dialErrorLimit: 30
   */
  dialErrorLimit?: number | undefined;
  /**
   * How long a host may be silent, when it is dialled and later on. `0` is without end. Default: `15`.
   * @example perDialTimeout: 60
   */
  perDialTimeout?: number | undefined;
  /**
   * Jump host, or several in the order in which they are passed.
   * @example proxy: { host: "jump.example.com", user: "admin" }
   */
  proxy?: PlainProxyConnection | PlainProxyConnection[] | undefined;
  /**
   * How a user other than root gets root's rights on the host. Without it such a user is refused, even for a tree of their own.
   * @example become: { method: "sudo" }
   */
  become?: PlainBecome | undefined;
  /**
   * Whether `~/.ssh/config` and `/etc/ssh/ssh_config` count, for everything that is not stated here. Default: `true`.
   * @example sshConfig: false
   */
  sshConfig?: boolean | undefined;
  /**
   * The effect of deleting a resource whose host is gone: `fail`, or `skip`, which removes it from the state alone and warns. Default: `"fail"`.
   * @example onUnreachable: "skip"
   */
  onUnreachable?: PlainOnUnreachable | undefined;
}
