/** The resource that a text is about. */
interface Teller {
  readonly label: string;
  readonly stack: string;
  readonly declaresJail: boolean;
}

/** Texts about one jail that were logged already: all resources of a host that is down have the same to tell. */
export class RepeatedText {
  readonly #firstBy = new Map<string, string>();
  readonly #byJails = new Set<string>();
  readonly #lines = new Set<string>();

  /**
   * Gives the text, or the resource that has told it already: `not checked: as Wrapper::named says`. Nothing where that is the
   * Jail of the stack: it speaks for all in it.
   */
  once(text: string, { label, stack, declaresJail }: Teller): string | undefined {
    const byJail = `${stack}\0${text}`;
    if (declaresJail) this.#byJails.add(byJail);
    else if (this.#byJails.has(byJail)) return undefined;
    const first = this.#firstBy.get(text) ?? label;
    this.#firstBy.set(text, first);
    const short = `${text.slice(0, text.indexOf(": "))}: as ${first} says`;
    return first !== label && text.includes(": ") && short.length < text.length ? short : text;
  }

  /** Whether a line of a resource is new. Pulumi checks a resource that it replaces twice. */
  isNew(urn: string, line: string): boolean {
    const key = `${urn}\0${line}`;
    const isNew = !this.#lines.has(key);
    this.#lines.add(key);
    return isNew;
  }
}
