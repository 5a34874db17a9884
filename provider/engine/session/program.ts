import type { Declaration } from "../../intent/declaration";
import type { ProgramView } from "../../intent/merge";
import { labelOf, stackOf } from "../../model/urn";
import { isEqual } from "../../model/values";
import { kinds } from "../../resources/kinds";
import { CheckResults } from "./check-results";

/**
 * The declarations that this process knows of one jail. `version` counts the changes, so that a cached result can be checked.
 */
export class Program {
  version = 0;
  /** False in a preview in which the jail's own arguments are not known yet. */
  isComplete = true;
  /** True where the Jail was checked without the other declarations for it, as over the plugin without a component. */
  isAlone = false;
  readonly checks = new CheckResults();
  #stack: string | undefined;
  readonly #declarations = new Map<string, Declaration>();
  readonly #urns = new Map<string, string>();
  readonly #begun = new Set<string>();
  #departed: ReadonlySet<string> = new Set();
  #mistaken: ReadonlySet<string> = new Set();
  #held: ReadonlySet<string> = new Set();
  #told: ReadonlySet<string> = new Set();

  view(): ProgramView {
    const declarations = [...this.#declarations.values()];
    return {
      stack: this.#stack,
      declarations,
      isAlone: this.isAlone,
      departed: this.#departed,
      mistaken: this.#mistaken,
      held: this.#held,
      told: this.#told,
    };
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
    // The turn has already told all but the token and fields that no plan reads: a plan made with those stays right.
    if (!known || !isEqual(meaning(known), meaning(declaration))) this.version++;
  }

  /**
   * Reserves the declarations that a Jail's turn carries of other resources: without tokens and the values of Outputs. An
   * invalid declaration reserves its label only.
   */
  reserve(
    declarations: readonly Declaration[],
    departed: ReadonlySet<string>,
    { mistaken = new Set(), held = new Set() }: { mistaken?: ReadonlySet<string>; held?: ReadonlySet<string> } = {},
  ): void {
    for (const declaration of declarations) {
      const known = this.#declarations.get(declaration.owner.label);
      if (known?.owner.token === undefined) this.#declarations.set(declaration.owner.label, declaration);
    }
    this.#departed = departed;
    this.#mistaken = mistaken;
    this.#held = held;
    this.#told = new Set(declarations.map(({ owner }) => owner.label));
    this.version++;
  }

  /** A resource whose change has begun. */
  noteBegun(token: string): void {
    this.#begun.add(token);
  }

  /** Whether the program has resources that were not checked yet, or differ and are about to be changed. */
  isAwaiting(): boolean {
    return [...this.#declarations.values()].some(
      ({ owner: { token } }) => token === undefined || (this.checks.differs(token) === true && !this.#begun.has(token)),
    );
  }

  labelOf(token: string): string | undefined {
    const urn = this.#urns.get(token);
    return urn === undefined ? undefined : labelOf(urn);
  }

  urnOf(token: string): string | undefined {
    return this.#urns.get(token);
  }
}

/**
 * The parts of a declaration that a plan depends on, as plain values. A Jail, or a resource that starts a daemon, has more of
 * them than its claims.
 */
function meaning({ kind: name, args, content, owner: { label } }: Declaration): unknown {
  const kind = kinds.get(name);
  if (!kind || kind.declaresJail || kind.started) return args;
  const declaration = { kind: name, args, owner: { label }, ...(content ? { content } : {}) };
  const all = [kind.claims(declaration), kind.files?.(declaration, { root: "/" }), kind.accounts?.(declaration)];
  // A glob contains functions, which are never equal.
  return JSON.parse(JSON.stringify(all));
}
