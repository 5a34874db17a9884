import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTool, TOOL_PATH } from "../../scripts/lab/requirements";

/** fs.protected_hardlinks: with 0 every user may give another user's file a second name. */
export type HardLinks = 0 | 1;

// A process of its own puts the machine's value back, because no way to end this one may leave the other: it goes on when
// its input ends, and Ctrl-C at a terminal does not reach it.
const script = `
setting=/proc/sys/fs/protected_hardlinks
read -r before <$setting
trap '' HUP INT TERM
echo "$1" >$setting && echo set && cat >/dev/null
echo "$before" >$setting`;
const lock = join(tmpdir(), "pulumi-chroot-protected_hardlinks.lock");

/** Sets the value for the whole machine, and returns the function that restores it. Other campaigns wait meanwhile. */
export async function setHardLinks(value: HardLinks): Promise<() => Promise<void>> {
  const child = spawn(findTool("flock") ?? "flock", [lock, "sh", "-c", script, "hard-links", String(value)], {
    env: { PATH: TOOL_PATH },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const exited = once(child, "exit");
  const isSet = await Promise.race([once(child.stdout, "data").then(() => true), exited.then(() => false)]);
  if (!isSet) throw new Error("fs.protected_hardlinks cannot be set on this machine");
  return async () => {
    child.stdin.end();
    await exited;
  };
}
