import { type Bytes, show } from "../../model/bytes";
import type { Host } from "./host-files";
import type { Loader } from "./loader";
import type { Wanted } from "./place";

/** Services that a C library has within itself, or that are none of its own. */
const builtIn = new Set(["files", "dns"]);

/** What programs of the GNU C library may open at run time, where the host has it. */
export function hintsFor(loaders: readonly Loader[], wanted: readonly Wanted[], host: Host): string[] {
  if (!loaders.some(({ kind }) => kind === "glibc")) return [];
  const has = (name: string) => wanted.some(({ library }) => library.name === name);
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
      `${show(path)} is what finds names by "${service}" on this host (nsswitch.conf): in the jail they come from files and DNS alone, unless it is declared`,
    );
  }
  return hints;
}
