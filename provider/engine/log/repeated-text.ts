/** Texts about one jail that were logged already: all resources of a host that is down have the same to tell. */
export class RepeatedText {
  readonly #firstBy = new Map<string, string>();
  readonly #lines = new Set<string>();

  /** Gives the text, or the resource that has told it already: `not checked: as Jail::named says`. */
  once(text: string, by: string): string {
    const first = this.#firstBy.get(text) ?? by;
    this.#firstBy.set(text, first);
    const short = `${text.slice(0, text.indexOf(": "))}: as ${first} says`;
    return first !== by && text.includes(": ") && short.length < text.length ? short : text;
  }

  /** Whether a line of a resource is new. Pulumi checks a resource that it replaces twice. */
  isNew(urn: string, line: string): boolean {
    const key = `${urn}\0${line}`;
    const isNew = !this.#lines.has(key);
    this.#lines.add(key);
    return isNew;
  }
}
