import { z } from "zod";

/** Characters that ssh refuses in a name (ssh.c, valid_hostname): commands of ssh_config would run them. */
const unsafeInHost = /^-|['`"$\\;&<>|(){}\s\x00-\x1f\x7f]/;
const unsafeInUser = /^-|['`";&<>|(){}\x00-\x1f\x7f]|\s-|\\$/;

/** The reason why a text is no host name; it says where the other parts of the text belong. */
function hostMistake(host: string): string | undefined {
  const [, scheme, user, bracketed, plain, port] =
    /^(\w+:\/\/)?(?:(.*)@)?(?:\[([^\]]*)\]|([^:/]*|[0-9a-f:.]+(?:%\w+)?))(?::(\d*))?\/?$/is.exec(host) ?? [];
  const name = bracketed ?? plain;
  if (name && [scheme, user, bracketed, port].some((part) => part !== undefined)) {
    if (user?.includes(":")) return "contains a user and a password: give each in its own argument";
    const parts = [`host: "${name}"`, ...(port ? [`port: ${port}`] : []), ...(user ? [`user: "${user}"`] : [])];
    return `is more than a name: write ${parts.join(", ")}`;
  }
  return unsafeInHost.test(host) ? "has characters in it that no name or address has" : undefined;
}

/** The fields that a host and its jump hosts share. */
const serverFields = {
  /**
   * Name or address of the host, or a name that `~/.ssh/config` has a block for.
   * @refused a URL, `user@host` or `host:port`: each part has a property of its own
   * @example host: "ns1.example.com"
   */
  host: z
    .string()
    .min(1, "is empty: give the name or address of the host")
    .superRefine((host, context) => {
      const message = hostMistake(host);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
  /**
   * TCP port of the SSH server.
   * @defaultValue what `~/.ssh/config` says, else `22`
   * @example port: 2222
   */
  port: z.number().int().min(1).max(65535).optional(),
  /**
   * User to log in as. A user other than root needs `become`.
   * @defaultValue what `~/.ssh/config` says, else `"root"`
   * @example user: "admin"
   */
  user: z
    .string()
    .min(1)
    .refine((user) => !unsafeInUser.test(user), "has characters in it that no user's name has")
    .optional(),
  /**
   * Password of the user, also used if the server asks for it by keyboard-interactive. The stack's state keeps it
   * encrypted.
   * @example password: config.requireSecret("sshPassword")
   */
  password: z.string().min(1).optional(),
  /**
   * Private key, inline, in OpenSSH or PEM form. The stack's state keeps it encrypted. Without it and `privateKeyFile`
   * the SSH agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is stored.
   * @example privateKey: config.requireSecret("sshKey")
   */
  privateKey: z.string().min(1).optional(),
  /**
   * File with the private key, on the machine that runs Pulumi: absolute, with `~`, or relative to the working directory.
   * It is read at each login, and the state has its path alone. No other key is offered. The agent signs where it has
   * this key, as for a file whose passphrase only the agent was told.
   * @defaultValue what `~/.ssh/config` says, else those of `~/.ssh`
   * @refused together with `privateKey`
   * @example privateKeyFile: "~/.ssh/fleet_ed25519"
   */
  privateKeyFile: z.string().min(1).optional(),
  /**
   * Passphrase of the private key or key file. The stack's state keeps it encrypted.
   * @example privateKeyPassword: config.requireSecret("sshPassphrase")
   */
  privateKeyPassword: z.string().optional(),
  /**
   * Socket of the SSH agent.
   * @defaultValue what `~/.ssh/config` says, else `$SSH_AUTH_SOCK`
   * @example agentSocketPath: "/run/user/1000/ssh-agent.socket"
   */
  agentSocketPath: z.string().min(1).optional(),
  /**
   * The host's public key. Without it the key must be in known_hosts.
   * @refused a host that presents any other key
   * @example hostKey: "ssh-ed25519 AAAA…"
   */
  hostKey: z.string().min(1).optional(),
  /**
   * File of known host keys.
   * @defaultValue what `~/.ssh/config` says, else `~/.ssh/known_hosts` and `~/.ssh/known_hosts2`; then those of
   * `/etc/ssh`
   * @example knownHostsFile: "/etc/jails/known_hosts"
   */
  knownHostsFile: z.string().min(1).optional(),
  /**
   * Trusts a host whose key is unknown. Each run says so.
   * @defaultValue `false`
   * @refused a key that differs from a known one, even with `true`
   * @example allowUnknownHostKey: true
   */
  allowUnknownHostKey: z.boolean().optional(),
  /**
   * How often dialling a host, or logging in, may fail while a resource is created there: a new host needs time. `-1`
   * is without end.
   * @defaultValue `10`
   * @unit attempts
   * @example dialErrorLimit: 30
   */
  dialErrorLimit: z.number().int().min(-1).optional(),
  /**
   * How long a host may be silent, when it is dialled and later on. `0` is without end.
   * @defaultValue `15`
   * @unit seconds
   * @example perDialTimeout: 60
   */
  perDialTimeout: z.number().nonnegative().max(86_400).optional(),
};

/** A jump host: an SSH server on the way to the host. */
export const proxyArgs = z.strictObject(serverFields).superRefine(expectOneKey);

function expectOneKey(
  { privateKey, privateKeyFile }: { privateKey?: string | undefined; privateKeyFile?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (privateKey === undefined || privateKeyFile === undefined) return;
  const message = "is given beside privateKey: a login has one key, so leave one of them out";
  context.addIssue({ code: "custom", path: ["privateKeyFile"], message });
}

/** How a user gets root's rights on the host. The user has to be allowed to run `/bin/sh` as root. */
export const becomeArgs = z
  .strictObject({
    /**
     * The command that gives root's rights.
     * @refused a sudoers entry with `requiretty` or `NOEXEC`; other sudoers settings do not matter
     * @example method: "sudo"
     */
    method: z.enum(["sudo", "doas"]),
    /**
     * Password that sudo asks for: the user's, or root's with `targetpw`. The stack's state keeps it encrypted. It is
     * sent once, and only when sudo asks: a wrong one is not tried again. Without it sudo must ask for none
     * (`NOPASSWD`).
     * @refused a line break, more than 255 bytes, and any password for doas, which asks on a terminal alone: give it
     * `nopass`
     * @example password: config.requireSecret("sudoPassword")
     */
    password: z.string().min(1).optional(),
  })
  .superRefine(({ method, password }, context) => {
    // The started command would read the part that sudo does not.
    if (password !== undefined && (/[\0\r\n]/.test(password) || Buffer.byteLength(password) > 255))
      context.addIssue({
        code: "custom",
        path: ["password"],
        message: "has a line break, or more than 255 bytes, which sudo does not read: does it come from a file?",
      });
    if (method === "doas" && password !== undefined)
      context.addIssue({
        code: "custom",
        path: ["password"],
        message:
          "is nothing that doas would read: it asks on a terminal alone, so permit the user with nopass in doas.conf",
      });
  });

/** How to reach a host. The names are those of `@pulumi/command`, so that one object serves both packages. */
export const connectionArgs = z
  .strictObject({
    ...serverFields,
    /**
     * Jump host, or several in the order in which they are passed.
     * @example proxy: { host: "jump.example.com", user: "admin" }
     */
    proxy: z.union([proxyArgs, z.array(proxyArgs).min(1)]).optional(),
    /**
     * How a user other than root gets root's rights on the host. Without it such a user is refused, even for a tree of
     * their own.
     * @example become: { method: "sudo" }
     */
    become: becomeArgs.optional(),
    /**
     * Whether `~/.ssh/config` and `/etc/ssh/ssh_config` count, for everything that is not stated here.
     * @defaultValue `true`
     * @example sshConfig: false
     */
    sshConfig: z.boolean().optional(),
    /**
     * The effect of deleting a resource whose host is gone: `fail`, or `skip`, which removes it from the state alone and
     * warns.
     * @defaultValue `"fail"`
     * @example onUnreachable: "skip"
     */
    onUnreachable: z.enum(["fail", "skip"]).optional(),
  })
  .superRefine(expectOneKey);

/** A jump host, or the host itself. */
export type Server = z.output<typeof proxyArgs>;
export type Become = z.output<typeof becomeArgs>;
export type Connection = z.output<typeof connectionArgs>;

/** Properties of a connection that are secrets wherever they are stored. */
export const secretConnectionKeys = ["password", "privateKey", "privateKeyPassword"] as const;

/** The mistakes in a server that does not come from the program. */
export function serverMistakes(server: Server): string[] {
  return proxyArgs.safeParse(server).error?.issues.map(({ message }) => message) ?? [];
}

/** `user@host[:port]`, for messages. */
export function formatHost(connection: Server): string {
  const port = connection.port ?? 22;
  return `${connection.user ?? "root"}@${connection.host}${port === 22 ? "" : `:${port}`}`;
}

/** A key for one account of one SSH server. */
export function connectionKey(connection: Connection): string {
  return `${connection.user ?? "root"}@${connection.host.toLowerCase()}:${connection.port ?? 22}`;
}
