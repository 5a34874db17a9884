import type { Mode } from "./mode";

/** The start of a daemon in its jail, with all names looked up on the host: no file in the jail decides its user. */
export interface Launch {
  /** The name of the resource: `Wrapper named`. */
  readonly label: string;
  readonly reason: string;
  /** Real path of the jail's root on the host. */
  readonly root: string;
  /** Number of the group that is declared to write in the root itself; without one only root may. */
  readonly rootWriter?: number;
  /** Directories in which the daemon may write, relative to the root. */
  readonly writable: readonly string[];
  /** The jail's mount points, relative to the root: the daemon starts only when all are mounted. */
  readonly mounts: readonly string[];
  /** Program and arguments, as seen in the jail. */
  readonly command: readonly string[];
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups: these and no others. */
  readonly groups: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly umask: Mode;
  /** Soft and hard alike; sizes in bytes. */
  readonly limits: { readonly [name in (typeof limitNames)[number]]?: number | undefined };
  /** Capabilities that the daemon keeps, by name without `cap_`, each with the reason. */
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Limits of setrlimit(2), by the names that prlimit(1) has for them. */
export const limitNames = ["nofile", "nproc", "core", "as", "fsize"] as const;

/**
 * Variables with which glibc loads code or finds its files elsewhere (unsecvars.h), and with which shells run code. The host's
 * own tools on the way to the daemon still run as root and read the same environment.
 */
const loading = new Set(
  (
    "GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES LOCALDOMAIN LOCPATH NIS_PATH NLSPATH RESOLV_HOST_CONF RES_OPTIONS " +
    "BASHOPTS BASH_ENV CDPATH ENV IFS PS4 SHELLOPTS"
  ).split(" "),
);

/** The reason why a name cannot be in the daemon's environment, or undefined when it can. */
export function environmentNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `"${name}" is not the name of a variable: letters, digits and "_"`;
  if (loading.has(name) || /^(LD|MALLOC)_/.test(name))
    return `${name} changes which code a program loads or runs, and reaches the tools of the host that start the daemon as root`;
  return undefined;
}
