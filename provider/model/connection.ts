import { z } from "zod";

/** How to reach a host. The names are those of `@pulumi/command`, so that one object serves both packages. */
export const connectionArgs = z.strictObject({
  /** Name or address of the host. */
  host: z.string().min(1, "is empty: give the name or address of the host"),
  /** TCP port of its SSH server. Default 22. */
  port: z.number().int().min(1).max(65535).optional(),
  /** User to log in as; changing owners takes root. Default `root`. */
  user: z.string().min(1).optional(),
  /**
   * Private key, inline (OpenSSH or PEM). It is stored in the stack's state, encrypted. Without it the agent is asked,
   * then the key files of `~/.ssh` are tried, and nothing of them is ever stored.
   */
  privateKey: z.string().min(1).optional(),
  /** Passphrase of the private key or key file. */
  privateKeyPassword: z.string().optional(),
  /** Socket of the SSH agent. Default `$SSH_AUTH_SOCK`. */
  agentSocketPath: z.string().min(1).optional(),
  /** The host's public key, as in `ssh-ed25519 AAAA…`. Without it the key must be in known_hosts. Any other key is refused. */
  hostKey: z.string().min(1).optional(),
  /** File of known host keys. Default `~/.ssh/known_hosts`, then `/etc/ssh/ssh_known_hosts`. */
  knownHostsFile: z.string().min(1).optional(),
  /** Seconds to wait for the host to answer, when dialling and whenever it is silent later on. Default 15. */
  perDialTimeout: z.number().positive().max(86_400).optional(),
});

export type Connection = z.output<typeof connectionArgs>;

/** Properties of a connection that are secrets wherever they are stored. */
export const secretConnectionKeys = ["privateKey", "privateKeyPassword"] as const;

/** `user@host[:port]`, for messages. */
export function formatHost(connection: Connection): string {
  const port = connection.port ?? 22;
  return `${connection.user ?? "root"}@${connection.host}${port === 22 ? "" : `:${port}`}`;
}

/** What is the same for two connections to one account of one SSH server. */
export function connectionKey(connection: Connection): string {
  return `${connection.user ?? "root"}@${connection.host.toLowerCase()}:${connection.port ?? 22}`;
}
