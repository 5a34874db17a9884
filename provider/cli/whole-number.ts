import { InvalidArgumentError } from "commander";

/** Reads an option's value that is a number above zero. */
export function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError("Write a whole number above zero.");
  return Number(text);
}
