/** A command that cannot go on, in words for the one who typed it. It is printed without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Does one of several things that a command has to do; gives its error, so that the others are done all the same. */
export async function attempt(work: () => void | Promise<void>): Promise<CommandError[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof CommandError) return [error];
    throw error;
  }
}
