import type {} from "@pulumi/pulumi/runtime/state";

const events = ["uncaughtException", "unhandledRejection"] as const;
type Listener = ((error: unknown) => void) & { readonly listener?: unknown };

/**
 * Keeps errors that no code of a program catches from the other programs in this process. The SDK listens for them once for each
 * inline program that runs, and all of these would fail by the mistake of one.
 */
export class ErrorsApart {
  readonly #programs = new WeakMap<object, (error: unknown) => void>();
  readonly #onNew = (event: string | symbol, listener: Listener) => {
    const program = storeOfProgram();
    // One of ours has the SDK's in this property, by which Node.js finds it when the SDK removes it.
    if (program === undefined || listener.listener !== undefined || !(events as readonly unknown[]).includes(event))
      return;
    queueMicrotask(() => this.#replace(event as string, listener, program));
  };

  start(): void {
    process.on("newListener", this.#onNew);
  }

  stop(): void {
    process.off("newListener", this.#onNew);
  }

  /** Tells of each such error of the program that runs now, beside the SDK. */
  note(tell: (error: unknown) => void): void {
    const program = storeOfProgram();
    if (program) this.#programs.set(program, tell);
  }

  #replace(event: string, listener: Listener, program: object): void {
    if (!process.rawListeners(event).includes(listener)) return;
    process.off(event, listener);
    const own = (error: unknown) => {
      const thrower = storeOfProgram();
      // An error without a program may be of any: each fails, as the SDK has it.
      if (thrower !== undefined && thrower !== program) return;
      this.#programs.get(program)?.(error);
      listener(error);
    };
    process.on(event, Object.assign(own, { listener }));
  }
}

/** The SDK's store of the inline program whose code runs. */
function storeOfProgram(): object | undefined {
  return global.asyncLocalStorage?.getStore();
}
