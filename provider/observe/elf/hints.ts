import { type Bytes, show } from "../../model/bytes";
import type { Host } from "./host-files";
import type { Wanted } from "./jail-paths";
import type { Loader } from "./loader";

/** Services that need no library of their own: a C library has them built in. */
const builtIn = new Set(["files", "dns"]);

/**
 * Libraries that programs of the GNU C library may open at run time; `declared` are files that the jail gets by their own path.
 */
export function hintsFor(
  loaders: readonly Loader[],
  wanted: readonly Wanted[],
  declared: readonly Bytes[],
  host: Host,
): string[] {
  if (!loaders.some(({ kind }) => kind === "glibc")) return [];
  const has = (name: string) =>
    wanted.some(({ library }) => library.name === name) || declared.some((path) => path.endsWith(`/${name}`));
  const pathOf = (name: string) => host.cache.get(name as Bytes)?.[0];
  const hints: string[] = [];
  const unwinder = pathOf("libgcc_s.so.1");
  if (unwinder !== undefined && !has("libgcc_s.so.1"))
    hints.push(
      `${show(unwinder)} is opened when a thread is cancelled or ends itself (pthread_cancel, pthread_exit), and without it the program is aborted: declare it for a program with threads`,
    );
  for (const service of new Set(host.services)) {
    const path = pathOf(`libnss_${service}.so.2`);
    if (builtIn.has(service) || path === undefined || has(`libnss_${service}.so.2`)) continue;
    hints.push(
      `${show(path)} finds names by "${service}" on this host (nsswitch.conf): without it, the jail has names from files and DNS only`,
    );
  }
  return hints;
}
