/**
 * The value of a variable: its text as the inventory has it (`1.10`, `yes`), a list of such texts, or the reason why it is no text
 * here. `template`: Ansible fills it in by Jinja; `vault`: Ansible Vault has encrypted it.
 */
export type Value = string | readonly string[] | { readonly unread: "nothing" | "template" | "vault" | "nested" };

/** A value and its place in the inventory, `file:line`. */
export interface Setting {
  readonly value: Value;
  readonly where: string;
}

export type Variables = ReadonlyMap<string, Setting>;

/** The value that a text of an inventory stands for. */
export function textValue(text: string): Value {
  if (/^\s*\$ANSIBLE_VAULT[;\s]/.test(text)) return { unread: "vault" };
  return /\{\{|\{%/.test(text) ? { unread: "template" } : text;
}
