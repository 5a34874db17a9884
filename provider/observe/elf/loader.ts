import type { Bytes } from "../../model/bytes";
import { directoryOf, type Host, nameOf } from "./host-files";

/** A loader of programs, with the directories that it searches by itself. */
export interface Loader {
  readonly kind: "glibc" | "musl";
  /** The path in PT_INTERP. */
  readonly path: Bytes;
  /** The directories on the host, searched after its cache. */
  readonly directories: readonly Bytes[];
  /**
   * The directories in a jail, which has neither a cache nor a list of directories. A library that is in none of them on the host
   * goes to the first.
   */
  readonly jailed: readonly Bytes[];
  /** The meaning of `$LIB`; absent until the loader's own directory is known. */
  readonly lib?: Bytes;
}

/** musl's built-in directories; only /etc/ld-musl-*.path changes them. */
const muslDirectories = ["/lib", "/usr/local/lib", "/usr/lib"] as Bytes[];
/** The same directories. The first one is a directory on every host, while `/lib` may be a link to it. */
const muslJailed = ["/usr/lib", "/lib", "/usr/local/lib"] as Bytes[];

/** A loader before its look: libraries can be followed already by its cache and other files. */
export function unknownLoader(path: Bytes): Loader {
  return { kind: architectureOf(path) === undefined ? "glibc" : "musl", path, directories: [], jailed: [] };
}

/**
 * A loader by its path and the real one. A glibc looks where it is installed, with and without /usr; one in a directory of its
 * architecture (Debian) also in the one above.
 */
export function loaderAt(path: Bytes, real: Bytes, host: Host): Loader {
  const own = directoryOf(real);
  const lib = own.replace(/^\/usr(?=\/)/, "").slice(1) as Bytes;
  const architecture = architectureOf(path);
  if (architecture !== undefined) {
    const directories = host.muslPaths.get(`ld-musl-${architecture}.path`) ?? muslDirectories;
    return { kind: "musl", path, directories, jailed: muslJailed, lib };
  }
  const above = /-linux(-[^/]*)?$/.test(own) ? [directoryOf(own)] : [];
  const directories = [own, ...above].flatMap(withAndWithoutUsr);
  return { kind: "glibc", path, directories, jailed: directories, lib };
}

/** The architecture in the name of musl's loader. */
function architectureOf(path: Bytes): string | undefined {
  return /^ld-musl-(.*)\.so\.1$/.exec(nameOf(path))?.[1];
}

function withAndWithoutUsr(directory: Bytes): Bytes[] {
  const bare = directory.replace(/^\/usr(?=\/)/, "");
  return [directory, (bare === directory ? `/usr${directory}` : bare) as Bytes];
}

/** Names that musl's loader takes for itself, as it is the C library (musl, ldso/dynlink.c). */
const musl = /^lib(c|pthread|rt|m|dl|util|xnet)\./;

/** Whether a name means the loader itself, which is in memory before anything else. */
export function isLoader(name: Bytes, { kind, path }: Loader): boolean {
  return name === nameOf(path) || (kind === "musl" && musl.test(name));
}

/**
 * Expands a directory of RPATH or RUNPATH, or a needed path. Undefined where the meaning is unknown: `$PLATFORM` depends on the
 * processor, a relative path on the working directory, and `$ORIGIN` may be unknown.
 */
export function expandLoaderPath(text: Bytes, origin: Bytes | undefined, lib: Bytes | undefined): Bytes | undefined {
  const meaning: Record<string, Bytes | undefined> = { ORIGIN: origin, LIB: lib };
  let isKnown = true;
  const path = text.replace(/\$(?:\{([A-Z]+)\}|(ORIGIN|LIB|PLATFORM))/g, (_, braced, bare) => {
    const value = meaning[braced ?? bare];
    isKnown &&= value !== undefined;
    return value ?? "";
  });
  return isKnown && path.startsWith("/") ? (path.replace(/\/+$/, "") as Bytes) : undefined;
}
