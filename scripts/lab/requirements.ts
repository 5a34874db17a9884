import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** The search path for the machine's administration tools; a user's PATH often lacks the sbin directories. */
export const TOOL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Commands that a lab host of either flavour needs. */
const LAB_TOOLS = ["sh", "unshare", "nsenter", "mount", "umount", "pivot_root", "mknod", "cp", "chroot"];

/** The machine's absolute path of a command, or undefined when it is not installed. */
export function findTool(name: string): string | undefined {
  for (const directory of TOOL_PATH.split(":")) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // absent: the next directory may have it
    }
  }
  return undefined;
}

/**
 * Says why this machine cannot run lab hosts, or undefined when it can.
 *
 * @param extra - more commands that the caller needs, for example `sshd`.
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
