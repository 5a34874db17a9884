/** The failure of a request, with the words that the host's tools say. */
export class Failure extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** The failure of a request whose data the agent cannot keep: it ends then, as it would read the rest as requests. */
export class Ending extends Failure {}

/** Reasons of system calls, as strerror(3) prints them. */
const reasons = {
  missing: "No such file or directory",
  noDirectory: "Not a directory",
  directory: "Is a directory",
  exists: "File exists",
  notEmpty: "Directory not empty",
  loop: "Too many levels of symbolic links",
} as const;

/** A system call that a tree refuses. */
export class Refused extends Failure {
  readonly reason: keyof typeof reasons;

  constructor(reason: keyof typeof reasons) {
    super(reasons[reason]);
    this.reason = reason;
  }
}

/** Does the work for each item, also after failures, as xargs and the tools do; then it fails with all their words. */
export function forEach<T>(items: readonly T[], work: (item: T) => void, said: (item: T, why: string) => string): void {
  const failures: string[] = [];
  for (const item of items) {
    try {
      work(item);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error instanceof Refused ? said(item, error.message) : error.message);
    }
  }
  if (failures.length > 0) throw new Failure(failures.join("\n"), 123);
}
