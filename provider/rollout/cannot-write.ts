import { messageOf } from "../errors";

/** The error of a file that a rollout has to write before it goes on. */
export function cannotWrite(file: string, path: string, cause: unknown): Error {
  return new Error(
    `${file} cannot be written: ${path}: ${messageOf(cause)}: nothing starts without it; make room, then run the same command again`,
    { cause },
  );
}

/** Does work that writes this file, or fails with {@link cannotWrite}. */
export function writing<T>(file: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw cannotWrite(file, path, error);
  }
}
