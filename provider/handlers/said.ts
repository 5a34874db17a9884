/** Texts about a jail that this process has logged: of a host that is down all its resources have the same to tell. */
export class Said {
  readonly #by = new Map<string, string>();

  /** The text, or who has it already: `not checked: as Jail::named says`. */
  once(text: string, by: string): string {
    const first = this.#by.get(text) ?? by;
    this.#by.set(text, first);
    const short = `${text.slice(0, text.indexOf(": "))}: as ${first} says`;
    return first !== by && text.includes(": ") && short.length < text.length ? short : text;
  }
}
