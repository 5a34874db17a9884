/** The catalogue of what can go wrong on the way to a host and on it. Argument mistakes are check failures instead. */

/** Codes of errors; docs/errors.md explains each. */
export const errorCodes = [
  "unreachable",
  "dropped",
  "host-key",
  "authentication",
  "silent",
  "cut",
  "ended",
  "not-root",
  "unsafe-parent",
  "not-a-directory",
  "busy",
  "unsupported",
  "unreadable",
  "refused",
  "stopped",
  "not-converged",
  "not-checked",
  "operation",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * Says which work failed, where, why, and what to do, in at most three lines. `where` is `user@host:/path`. Nothing of a resource's
 * inputs goes in, so no secret can.
 */
export class ChrootError extends Error {
  readonly code: ErrorCode;
  /** The reason and the remedy alone, for a line that already says where. */
  readonly why: string;
  readonly #parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts) {
    const remedy = parts.remedy === undefined ? "" : `\n${parts.remedy}`;
    const why = parts.phase === undefined ? parts.why : `${parts.why} (${parts.phase})`;
    super(`${parts.what}: ${parts.where}: ${why}${remedy}`, { cause: parts.cause });
    this.name = "ChrootError";
    this.code = code;
    this.why = parts.remedy === undefined ? why : `${why}; ${parts.remedy}`;
    this.#parts = parts;
    // The dynamic provider prints the stack of whatever a handler throws: an expected error is its message.
    this.stack = "";
  }

  get where(): string {
    return this.#parts.where;
  }

  /** The reason without what to do. */
  get reason(): string {
    return this.#parts.why;
  }

  /** The same failure with a reason that is known better further up. */
  because(why: string, remedy: string): ChrootError {
    return new ChrootError(this.code, { ...this.#parts, why, remedy });
  }

  /** The same failure with the moment in which it was, unless that is known already. */
  in(phase: string): ChrootError {
    const { phase: known = phase, ...parts } = this.#parts;
    return new ChrootError(this.code, { ...parts, phase: known });
  }

  /** The same failure with more to say. */
  adding({ why, remedy }: { why?: string; remedy?: string }): ChrootError {
    const join = (...texts: (string | undefined)[]) => texts.filter((text) => text !== undefined).join("; ");
    const parts = this.#parts;
    const both = join(parts.remedy, remedy);
    return new ChrootError(this.code, {
      ...parts,
      why: join(parts.why, why),
      ...(both === "" ? {} : { remedy: both }),
    });
  }

  /** The same failure, of something on the way. */
  of(part: string): ChrootError {
    return new ChrootError(this.code, { ...this.#parts, why: `${part}: ${this.#parts.why}` });
  }

  /** The same error at a place that is known better further up. */
  at(where: string): ChrootError {
    return new ChrootError(this.code, { ...this.#parts, where });
  }
}

/** Whether there was no host to speak to. One that refuses a key or a login, or is refused, is there. */
export function isAway({ code }: ChrootError): boolean {
  return code === "unreachable" || code === "dropped" || code === "silent";
}

interface ErrorParts {
  readonly what: string;
  readonly where: string;
  readonly why: string;
  /** When it was: `while looking at the jail`. */
  readonly phase?: string;
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** A create that got as far as the host's registry: the engine stores the resource, so that the next `up` goes on. */
export class PartialCreateError extends Error {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: string[];

  constructor(id: string, properties: Record<string, unknown>, cause: Error) {
    super(cause.message, { cause });
    this.name = "PartialCreateError";
    this.stack = "";
    this.id = id;
    this.properties = properties;
    this.reasons = [cause.message];
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
