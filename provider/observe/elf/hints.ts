import type { HostLimit } from "../../intent/host-limit";
import type { Bytes } from "../../model/bytes";
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
): HostLimit[] {
  if (!loaders.some(({ kind }) => kind === "glibc")) return [];
  const isPresent = (name: string) =>
    wanted.some(({ library }) => library.name === name) || declared.some((path) => path.endsWith(`/${name}`));
  const pathOf = (name: string) => host.cache.get(name as Bytes)?.[0];
  const hints: HostLimit[] = [];
  const unwinder = pathOf("libgcc_s.so.1");
  if (unwinder !== undefined && !isPresent("libgcc_s.so.1"))
    hints.push({ problem: "unwinder-undeclared", library: unwinder });
  for (const service of new Set(host.services)) {
    const library = pathOf(`libnss_${service}.so.2`);
    if (builtIn.has(service) || library === undefined || isPresent(`libnss_${service}.so.2`)) continue;
    hints.push({ problem: "name-service-undeclared", library, service });
  }
  return hints;
}
