import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { hideApplets } from "./applets";
import type { CommandOptions, CommandResult } from "./command";

/** Runs a command in the host; rejects when the command fails. */
export type Must = (argv: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

/** Puts wrappers over a host's commands and removes them again. */
export interface Replacer {
  replace(path: string, script: string | ((original: string) => string)): Promise<string>;
  restore(path: string): Promise<void>;
}

// With the GNU flavour each command is a file. The wrapper is mounted over it, in the host's namespace only.
const MOUNT = `set -eu; work=$1 target=$2 wrapper=$1/wrapper original=$3
mkdir -p "\${original%/*}"; : >"$original"; mount --bind "$target" "$original"
cat >"$wrapper"; chmod 0755 "$wrapper"; mount --bind "$wrapper" "$target"`;

const WRITE = `set -eu; mkdir -p "\${1%/*}"; cat >"$1.new"; chmod 0755 "$1.new"; mv -f "$1.new" "$1"`;

/** Replaces commands that are files. Wrappers over one path stack; the last one is removed first. */
export function fileReplacer(must: Must): Replacer {
  let count = 0;
  return {
    async replace(path, script) {
      const work = `/run/lab/${++count}`;
      const original = `${work}/original/${basename(path)}`;
      const text = typeof script === "string" ? script : script(original);
      await must(["sh", "-c", MOUNT, "replace", work, path, original], { stdin: text });
      return original;
    },
    async restore(path) {
      // A killed command may still run from the wrapper: a plain umount would be refused.
      await must(["umount", "-l", path]);
    },
  };
}

/**
 * Replaces commands that are links to one BusyBox. The wrapper replaces the link, and every copy of BusyBox is rewritten
 * without the replaced names. An original keeps its own name.
 */
export function appletReplacer(must: Must, busybox: string): Replacer {
  const originals = new Map<string, string>();
  let pristine: Promise<[Buffer, string[]]> | undefined;
  let count = 0;

  async function write(path: string, except?: string): Promise<void> {
    pristine ??= Promise.all([readFile(busybox), listApplets(must)]);
    const [binary, applets] = await pristine;
    const hidden = [...originals.keys()].map((name) => basename(name)).filter((name) => name !== except);
    await must(["/opt/lab/busybox", "sh", "-c", WRITE, "write", path], { stdin: hideApplets(binary, applets, hidden) });
  }
  async function writeAll(): Promise<void> {
    await write("/bin/busybox");
    for (const [path, original] of originals) await write(original, basename(path));
  }
  return {
    async replace(path, script) {
      if (originals.has(path)) throw new Error(`${path} is replaced already`);
      const original = `/opt/lab/${++count}/${basename(path)}`;
      const text = typeof script === "string" ? script : script(original);
      originals.set(path, original);
      await must(["/opt/lab/busybox", "sh", "-c", WRITE, "write", path], { stdin: text });
      await writeAll();
      return original;
    },
    async restore(path) {
      if (!originals.delete(path)) throw new Error(`${path} is not replaced`);
      await must(["/opt/lab/busybox", "ln", "-sfn", "/bin/busybox", path]);
      await writeAll();
    },
  };
}

async function listApplets(must: Must): Promise<string[]> {
  const { stdout } = await must(["/opt/lab/busybox", "--list"]);
  return stdout.split("\n").filter((name) => name !== "");
}
