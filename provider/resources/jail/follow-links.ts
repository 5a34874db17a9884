import type { Declaration, Ways } from "../../intent/declaration";
import type { JailInputs } from "./args";

/** A Jail's arguments with the paths that the links in the jail lead to. */
export function followLinks(args: Declaration["args"], { directory, file, glob }: Ways): Declaration["args"] {
  const { directories, writable, mounts, logSocket, exclude, protect, pruneAnyway } = args as Partial<JailInputs>;
  return {
    ...args,
    ...(directories ? { directories: renamed(directories, directory) } : {}),
    ...(writable ? { writable: renamed(writable, directory) } : {}),
    ...(mounts ? { mounts: renamed(mounts, directory) } : {}),
    ...(logSocket?.path === undefined ? {} : { logSocket: { ...logSocket, path: file(logSocket.path) } }),
    ...(exclude ? { exclude: renamed(exclude, glob) } : {}),
    ...(protect ? { protect: renamed(protect, glob) } : {}),
    ...(pruneAnyway ? { pruneAnyway: renamed(pruneAnyway, glob) } : {}),
  };
}

/** The second of two names for one path stays as it is, so that no declaration gets lost. */
function renamed<T>(map: Readonly<Record<string, T>>, to: (path: string) => string): Record<string, T> {
  const found: Record<string, T> = {};
  for (const [path, value] of Object.entries(map)) {
    const name = to(path);
    found[name !== path && (name in map || name in found) ? path : name] = value;
  }
  return found;
}
