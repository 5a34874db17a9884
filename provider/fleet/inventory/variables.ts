import { InventoryMistake } from "./mistake";
import type { Setting, Variables } from "./value";

/** The variables of one host by their names in Ansible: a variable that counts and cannot be read is a mistake, never left out. */
export class HostVariables {
  readonly host: string;
  readonly #variables: Variables;

  constructor(host: string, variables: Variables) {
    this.host = host;
    this.#variables = variables;
  }

  /** The text of a variable that has several names, of which the last one counts, as in Ansible; undefined where none is set. */
  text(...names: readonly string[]): string | undefined {
    const name = this.#name(names);
    const setting = name === undefined ? undefined : this.#variables.get(name);
    if (name === undefined || setting === undefined) return undefined;
    const { value } = setting;
    if (typeof value === "string") return value;
    const unread = "unread" in value ? value.unread : "nested";
    if (unread === "vault")
      this.fail(
        [name],
        "is encrypted by Ansible Vault, which nothing here opens",
        "give it in the program, as a secret of the stack's configuration",
      );
    if (unread === "template")
      this.fail([name], "is a template ({{ … }}), which nothing here fills in", "write the value itself");
    return this.fail([name], "is no text", "put the value in quotes");
  }

  /** A boolean in one of Ansible's spellings. */
  boolean(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (/^(?:yes|on|1|true|t|y)$/.test(text)) return true;
    if (/^(?:no|off|0|false|f|n|)$/.test(text)) return false;
    return this.fail([name], "is neither true nor false", "write true or false");
  }

  /** Refuses the variable of these names that counts. */
  fail(names: readonly string[], why: string, remedy: string): never {
    const name = this.#name(names) ?? names[0];
    const { where } = this.#variables.get(name ?? "") ?? { where: "the inventory" };
    throw new InventoryMistake({ where, why: `the host ${this.host}: ${name} ${why}`, remedy });
  }

  *[Symbol.iterator](): Iterator<[string, Setting]> {
    yield* this.#variables;
  }

  has(name: string): boolean {
    return this.#name([name]) !== undefined;
  }

  #name(names: readonly string[]): string | undefined {
    return names.findLast((name) => {
      const value = this.#variables.get(name)?.value;
      // As in Ansible, an empty text sets nothing.
      if (value === undefined || value === "") return false;
      return typeof value === "string" || !("unread" in value) || value.unread !== "nothing";
    });
  }
}
