import type { Bytes } from "../../model/bytes";
import { directoryOf, type Host, nameOf } from "./host-files";

/** A loader of programs, and where it looks for libraries by itself. */
export interface Loader {
  readonly kind: "glibc" | "musl";
  /** As PT_INTERP names it. */
  readonly path: Bytes;
  /** On the host, behind what its cache says. */
  readonly directories: readonly Bytes[];
  /** In a jail, which has neither a cache nor a list of directories. What is in none of them on the host goes to the first. */
  readonly jailed: readonly Bytes[];
  /** What `$LIB` stands for; absent as long as nobody has looked where the loader is. */
  readonly lib?: Bytes;
}

/** musl's own, which nobody changes without /etc/ld-musl-*.path. */
const muslDirectories = ["/lib", "/usr/local/lib", "/usr/lib"] as Bytes[];
/** The same; the first of them is a directory on every host, as `/lib` may be a link to it. */
const muslJailed = ["/usr/lib", "/lib", "/usr/local/lib"] as Bytes[];

/** A loader that nobody has looked at: what its cache and other files say of libraries can be followed already. */
export function unknownLoader(path: Bytes): Loader {
  return { kind: architectureOf(path) === undefined ? "glibc" : "musl", path, directories: [], jailed: [] };
}

/**
 * A loader by its path and the real one. A glibc looks where it is installed, with and without /usr; one in a directory of
 * its architecture (Debian) also in the one above.
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

/** In the name of musl's loader. */
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
 * A directory of RPATH or RUNPATH, or a needed path, as it is meant; undefined where nobody knows what it means: `$PLATFORM`
 * depends on the processor, what is relative on where a program is started, and `$ORIGIN` may be unknown.
 */
export function expanded(text: Bytes, origin: Bytes | undefined, lib: Bytes | undefined): Bytes | undefined {
  const meaning: Record<string, Bytes | undefined> = { ORIGIN: origin, LIB: lib };
  let isKnown = true;
  const path = text.replace(/\$(?:\{([A-Z]+)\}|(ORIGIN|LIB|PLATFORM))/g, (_, braced, bare) => {
    const value = meaning[braced ?? bare];
    isKnown &&= value !== undefined;
    return value ?? "";
  });
  return isKnown && path.startsWith("/") ? (path.replace(/\/+$/, "") as Bytes) : undefined;
}
