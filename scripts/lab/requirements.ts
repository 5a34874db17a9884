import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Where the machine's administration tools are looked for; a user's own PATH often lacks the sbin directories. */
export const TOOL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What every lab host needs, whatever its flavour. */
const LAB_TOOLS = ["sh", "unshare", "nsenter", "mount", "umount", "pivot_root", "mknod", "cp", "chroot"];

/** The machine's absolute path of a command, or undefined where it is not installed. */
export function findTool(name: string): string | undefined {
  for (const directory of TOOL_PATH.split(":")) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here: the next directory may have it
    }
  }
  return undefined;
}

/**
 * Why lab hosts cannot be made on this machine, or undefined where they can.
 *
 * @param extra - further commands that the caller needs, for example `sshd`.
 */
export function labMissing(extra: readonly string[] = []): string | undefined {
  if (process.platform !== "linux") return `needs root and Linux: this is ${process.platform}`;
  if (process.getuid?.() !== 0) return `needs root and Linux: this is uid ${String(process.getuid?.())}`;
  const missing = [...LAB_TOOLS, ...extra].filter((name) => findTool(name) === undefined);
  return missing.length === 0 ? undefined : `needs root and Linux: not installed here: ${missing.join(", ")}`;
}

/** Throws {@link labMissing} as an error. */
export function requireLab(extra: readonly string[] = []): void {
  const missing = labMissing(extra);
  if (missing !== undefined) throw new Error(`A lab host ${missing}`);
}
