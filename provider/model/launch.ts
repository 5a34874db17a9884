import type { Mode } from "./mode";

/** How a daemon is started in its jail, with all names looked up on the host: nothing in the jail decides who it is. */
export interface Launch {
  /** What the resource is called: `Wrapper named`. */
  readonly label: string;
  readonly reason: string;
  /** Real path of the jail's root on the host. */
  readonly root: string;
  /** Number of the group that is declared to write in the root itself; without one only root may. */
  readonly rootWriter?: number;
  /** Directories in which the daemon may write, relative to the root. */
  readonly writable: readonly string[];
  /** Where something is mounted in the jail, relative to the root: without it the daemon is not started. */
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
 * What glibc takes from the environment to load code or look elsewhere for its files (unsecvars.h), and shells to run some.
 * The host's own tools, which are root still, are on the way to the daemon and read the same environment.
 */
const loading = new Set(
  (
    "GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES LOCALDOMAIN LOCPATH NIS_PATH NLSPATH RESOLV_HOST_CONF RES_OPTIONS " +
    "BASHOPTS BASH_ENV CDPATH ENV IFS PS4 SHELLOPTS"
  ).split(" "),
);

/** Why a name is none for the daemon's environment, or undefined when it is one. */
export function environmentNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `"${name}" is not the name of a variable: letters, digits and "_"`;
  if (loading.has(name) || /^(LD|MALLOC)_/.test(name))
    return `${name} changes which code a program loads or runs, and reaches the tools of the host that start the daemon as root`;
  return undefined;
}
