/** A command that cannot go on, in words for the one who typed it. It is printed without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
