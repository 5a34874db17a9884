import { printable } from "../model/bytes";
import { exitStatus } from "./exit-status";

/**
 * Makes it a failure that this process ends before `work` does: the program in a fleet's file may call `process.exit`, or wait for a
 * promise that nothing resolves.
 */
export async function unlessCutShort<T>(file: string, work: Promise<T>): Promise<T> {
  const tell = (status: number) => {
    if (status !== 0) return;
    process.stderr.write(
      `pulumi-chroot: ${printable(file)}: its program has ended this process before the command was done: it calls process.exit, or waits for a promise that nothing resolves\n`,
    );
    process.exitCode = exitStatus.failed;
  };
  process.once("exit", tell);
  try {
    return await work;
  } finally {
    process.off("exit", tell);
  }
}
