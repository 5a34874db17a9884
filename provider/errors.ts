/** The catalogue of what can go wrong on the way to a host and on it. Argument mistakes are check failures instead. */

export type ErrorCode =
  | "unreachable"
  | "dropped"
  | "host-key"
  | "authentication"
  | "silent"
  | "cut"
  | "not-root"
  | "unsafe-parent"
  | "not-a-directory"
  | "busy"
  | "unsupported"
  | "unreadable"
  | "refused"
  | "not-converged"
  | "operation";

/**
 * What failed, where, why, and what to do, in at most three lines. `where` is `user@host:/path`. Nothing of a resource's
 * inputs goes in, so no secret can.
 */
export class ChrootError extends Error {
  readonly code: ErrorCode;
  /** The reason and the remedy alone, for a line that already says where. */
  readonly why: string;
  readonly #parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts) {
    const remedy = parts.remedy === undefined ? "" : `\n${parts.remedy}`;
    super(`${parts.what}: ${parts.where}: ${parts.why}${remedy}`, { cause: parts.cause });
    this.name = "ChrootError";
    this.code = code;
    this.why = parts.remedy === undefined ? parts.why : `${parts.why}; ${parts.remedy}`;
    this.#parts = parts;
    // The dynamic provider prints the stack of whatever a handler throws: an expected error is its message.
    this.stack = "";
  }

  /** The same failure with a reason that is known better further up. */
  because(why: string, remedy: string): ChrootError {
    return new ChrootError(this.code, { ...this.#parts, why, remedy });
  }

  /** The same error at a place that is known better further up. */
  at(where: string): ChrootError {
    return new ChrootError(this.code, { ...this.#parts, where });
  }
}

interface ErrorParts {
  readonly what: string;
  readonly where: string;
  readonly why: string;
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
