import type { Declaration } from "../intent/declaration";
import type { ProgramView } from "../intent/merge";
import { labelOf, stackOf } from "../model/urn";
import { kinds } from "../resources/kinds";
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
  readonly #begun = new Set<string>();
  #departed: ReadonlySet<string> = new Set();
  #mistaken: ReadonlySet<string> = new Set();

  view(): ProgramView {
    const declarations = [...this.#declarations.values()];
    return { stack: this.#stack, declarations, departed: this.#departed, mistaken: this.#mistaken };
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
    // The turn told of it already, all but its token and what no plan asks for: what was planned with that stays right.
    if (!known || !isEqual(meaning(known), meaning(declaration))) this.version++;
  }

  /**
   * What the turn of a Jail says of the others: without tokens, and without what an Output would tell; of those with a mistake in
   * them their labels.
   */
  reserve(
    declarations: readonly Declaration[],
    departed: ReadonlySet<string>,
    mistaken: ReadonlySet<string> = new Set(),
  ): void {
    for (const declaration of declarations) {
      const known = this.#declarations.get(declaration.owner.label);
      if (known?.owner.token === undefined) this.#declarations.set(declaration.owner.label, declaration);
    }
    this.#departed = departed;
    this.#mistaken = mistaken;
    this.version++;
  }

  /** What check() found, for the diff() that follows; drift is not in the inputs of an `up`. */
  checked(token: string, differs: boolean): void {
    this.#differs.set(token, differs);
  }

  /** A resource whose change has begun. */
  begun(token: string): void {
    this.#begun.add(token);
  }

  /** Whether the program has resources that were not checked yet, or differ and are about to be changed. */
  isAwaiting(): boolean {
    return [...this.#declarations.values()].some(
      ({ owner: { token } }) => token === undefined || (this.#differs.get(token) === true && !this.#begun.has(token)),
    );
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

/** All that a declaration means to a plan, as plain values. A Jail, and what starts a daemon, mean more than their claims. */
function meaning({ kind: name, args, content, owner: { label } }: Declaration): unknown {
  const kind = kinds.get(name);
  if (!kind || kind.declaresJail || kind.started) return args;
  const declaration = { kind: name, args, owner: { label }, ...(content ? { content } : {}) };
  const all = [kind.claims(declaration), kind.files?.(declaration, { root: "/" }), kind.accounts?.(declaration)];
  // A glob has functions in it, which are no two times the same.
  return JSON.parse(JSON.stringify(all));
}
