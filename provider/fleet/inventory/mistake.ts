import { printable } from "../../model/bytes";

/** The place of a mistake in an inventory, its reason, and the remedy. None of them has a variable's value in it, which may be a secret. */
export interface MistakeParts {
  /** `file:line`, or the file alone where no line is known. */
  readonly where: string;
  readonly why: string;
  readonly remedy: string;
}

/** An inventory that cannot be used. */
export class InventoryMistake extends Error {
  constructor({ where, why, remedy }: MistakeParts) {
    super(printable(`${where}: ${why}\n${remedy}`));
    this.name = "InventoryMistake";
    // A program that does not catch it prints its stack: an expected error is its message.
    this.stack = "";
  }
}
