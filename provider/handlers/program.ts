import type { Declaration } from "../intent/declaration";
import type { ProgramView } from "../intent/merge";
import { labelOf, stackOf } from "../model/urn";
import { isEqual } from "./values";

/** What this process has heard of one jail's declarations. `version` counts the changes, for whoever keeps a result. */
export class Program {
  version = 0;
  /** False in a preview in which the jail's own arguments are not known yet. */
  isComplete = true;
  #stack: string | undefined;
  readonly #declarations = new Map<string, Declaration>();
  readonly #urns = new Map<string, string>();
  readonly #differs = new Map<string, boolean>();
  #departed: ReadonlySet<string> = new Set();

  view(): ProgramView {
    return { stack: this.#stack, declarations: [...this.#declarations.values()], departed: this.#departed };
  }

  /** A resource that is being checked: known in full, with its token. */
  declare(declaration: Declaration, urn: string | undefined): void {
    if (urn !== undefined) {
      this.#stack = stackOf(urn);
      if (declaration.owner.token !== undefined) this.#urns.set(declaration.owner.token, urn);
    }
    const { label } = declaration.owner;
    const known = this.#declarations.get(label);
    this.#declarations.set(label, declaration);
    // The turn told of it already, all but its token: what was planned with that stays right.
    if (!isEqual(known?.args, declaration.args)) this.version++;
  }

  /** What the turn of a Jail says of the others: without tokens, and without what an Output would tell. */
  reserve(declarations: readonly Declaration[], departed: ReadonlySet<string>): void {
    for (const declaration of declarations) {
      const known = this.#declarations.get(declaration.owner.label);
      if (known?.owner.token === undefined) this.#declarations.set(declaration.owner.label, declaration);
    }
    this.#departed = departed;
    this.version++;
  }

  /** What check() found, for the diff() that follows; drift is not in the inputs of an `up`. */
  checked(token: string, differs: boolean): void {
    this.#differs.set(token, differs);
  }

  /** Whether anything differs; undefined when nobody has checked, as in a refresh. */
  differs(token: string): boolean | undefined {
    return this.#differs.get(token);
  }

  labelOf(token: string): string | undefined {
    const urn = this.#urns.get(token);
    return urn === undefined ? undefined : labelOf(urn);
  }

  urnOf(token: string): string | undefined {
    return this.#urns.get(token);
  }
}
