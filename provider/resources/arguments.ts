// Made by `npm run schema` from the zod models and their TSDoc: change those.
import type * as pulumi from "@pulumi/pulumi";

/** How to reach a host. The names are those of `@pulumi/command`, so that one object serves both packages. */
export interface Connection {
  /** Name or address of the host. */
  host: pulumi.Input<string>;
  /** TCP port of its SSH server. Default 22. */
  port?: pulumi.Input<number | undefined>;
  /** User to log in as; changing owners takes root. Default `root`. */
  user?: pulumi.Input<string | undefined>;
  /** Private key, inline (OpenSSH or PEM). It is stored in the stack's state, encrypted. Without it the agent is asked, then the key files of `~/.ssh` are tried, and nothing of them is ever stored. */
  privateKey?: pulumi.Input<string | undefined>;
  /** Passphrase of the private key or key file. */
  privateKeyPassword?: pulumi.Input<string | undefined>;
  /** Socket of the SSH agent. Default `$SSH_AUTH_SOCK`. */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /** The host's public key, as in `ssh-ed25519 AAAA…`. Without it the key must be in known_hosts. Any other key is refused. */
  hostKey?: pulumi.Input<string | undefined>;
  /** File of known host keys. Default `~/.ssh/known_hosts`, then `/etc/ssh/ssh_known_hosts`. */
  knownHostsFile?: pulumi.Input<string | undefined>;
  /** Seconds to wait for the host to answer, when dialling and whenever it is silent later on. Default 15. */
  perDialTimeout?: pulumi.Input<number | undefined>;
}

/** Owner and modes of everything in a jail that nothing more specific is declared for. */
export interface Baseline {
  /** User that owns files and directories, by name or number. Best `root`: the daemon must not own what it only reads. */
  owner: pulumi.Input<string>;
  /** Their group, by name or number. */
  group: pulumi.Input<string>;
  /** Mode of regular files, absolute: four octal digits (`"0640"`) or symbols (`"u=rw,og=r"`). */
  fileMode: pulumi.Input<string>;
  /** Mode of directories, absolute: four octal digits (`"0755"`) or symbols (`"u=rwx,og=rx"`). */
  directoryMode: pulumi.Input<string>;
}

/** The jail a resource belongs to: a `Jail`, or connection and root of one that is declared elsewhere. */
export interface JailReference {
  /** How to reach the host over SSH. */
  connection: pulumi.Input<Connection>;
  /** Root of a jail that a `Jail` declares, here or in another stack. Replaces on change. */
  root: pulumi.Input<string>;
}

/** What deleting the resource does to the jail's files. `keep` (the default) leaves them as they are. */
export type OnDelete = "keep";

/** Setuid, setgid and sticky bits of what matches: all that are there, and no others. Without it there are none. `setuid`, and `setgid` of a file, need a literal path in directories where only root may write; of a glob only directories get them. The sticky bit is for directories. */
export type Special = "setuid" | "setgid" | "sticky";

/** The arguments of a `Jail`. */
export interface JailArgs {
  /** How to reach the host over SSH. */
  connection: pulumi.Input<Connection>;
  /** Absolute path of the jail on the host. Replaces on change. Refused: `/` and directories of the system, relative paths, `..`; on the host, a parent that is not root's or that group or others may write (as sshd's ChrootDirectory). */
  root: pulumi.Input<string>;
  /** User that the daemon runs as, by name or number. */
  user: pulumi.Input<string>;
  /** Group that the daemon runs as, by name or number. */
  group: pulumi.Input<string>;
  /** Owner and modes of every regular file and directory that no rule says more about. Never of links, devices, sockets and FIFOs. */
  baseline: pulumi.Input<Baseline>;
  /** Directories that must exist, each with the reason. Their parents are implied; one below a `writable` one is as that is. */
  directories?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /** Directories in which the daemon may write, each with the reason: `root:<group>` 0770. What the daemon puts there is expected and its owner and mode are not held; setuid and setgid are still refused. */
  writable?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /** Globs that are left alone, with everything below them, each with the reason. */
  exclude?: pulumi.Input<{ [key: string]: pulumi.Input<string> } | undefined>;
  /** Take over a directory that exists, is not empty and was not made by this package. Default false: `pulumi preview` shows what would change, `pulumi up` refuses. */
  adopt?: pulumi.Input<boolean | undefined>;
  /** What deleting the resource does to the jail's files. `keep` (the default) leaves them as they are. */
  onDelete?: pulumi.Input<OnDelete | undefined>;
}

/** The arguments of a `PermissionRule`. */
export interface PermissionRuleArgs {
  /** The jail the rule belongs to: a `Jail`, or `{connection, root}` of one that is declared elsewhere. */
  jail: pulumi.Input<JailReference>;
  /** Path, or glob, relative to the jail's root (`.` is the root itself). `*`, `?` and `[…]` stay within a component and match dotfiles, `**` goes across, `a/**` is everything below `a` and not `a`. Regular files and directories only. */
  match: pulumi.Input<string>;
  /** User that owns what matches, by name or number; `any` does not hold the owner. */
  owner?: pulumi.Input<string | undefined>;
  /** Group of what matches, by name or number; `any` does not hold the group. */
  group?: pulumi.Input<string | undefined>;
  /** Mode of the regular files that match: four octal digits, or symbols. Relative ones (`"g+w"`, `"o="`) are applied to the mode composed so far. `any` does not hold it (setuid and setgid are still refused). */
  fileMode?: pulumi.Input<string | undefined>;
  /** Mode of the directories that match; as `fileMode`. */
  directoryMode?: pulumi.Input<string | undefined>;
  /** Setuid, setgid and sticky bits of what matches: all that are there, and no others. Without it there are none. `setuid`, and `setgid` of a file, need a literal path in directories where only root may write; of a glob only directories get them. The sticky bit is for directories. */
  special?: pulumi.Input<pulumi.Input<Special>[] | undefined>;
  /** Access of further users and groups, in the notation of setfacl(1): `"user:backup:rX"`; `"default:group:adm:rx"` is inherited by what is made in a directory. All there are, and no others; without it there are none. The mode's group bits become the mask, which lets through what is declared here. */
  acl?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** File capabilities in the notation of setcap(8), such as `"cap_net_bind_service=ep"`; without it there are none. Needs a literal path in directories where only root may write. Regular files only. */
  capabilities?: pulumi.Input<string | undefined>;
  /** What matches may come and go (sockets, PID files): that nothing is there is no sign of a mistake. Default false. */
  runtime?: pulumi.Input<boolean | undefined>;
  /** Globs that the rule leaves out, relative to the jail's root. */
  except?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Rules with a higher number win; of one number, literal paths win over globs. Default 100. */
  order?: pulumi.Input<number | undefined>;
  /** Why these paths differ from the baseline. Required; it is shown wherever the rule is. */
  reason: pulumi.Input<string>;
}
