import type { JailIntent } from "../../intent/jail-intent";
import { type Bytes, bytesOf, show } from "../../model/bytes";
import { passwdDefaults, passwdPath } from "../../model/passwd";

/** The fields of a user's passwd line that decide whether the user can log in. */
const fields = ["shell", "home"] as const;

/**
 * Reasons against taking over a jail's users as declared: the jail's present passwd lets them log in, but the fields that
 * `accounts` leaves out would lock them out. `known` users were declared before: for them another field is drift. `text` is that
 * passwd; undefined where it cannot be read.
 */
export function loginProblems(
  { users }: Pick<JailIntent, "users">,
  known: ReadonlySet<string>,
  text: Bytes | undefined,
): string[] {
  const lines = (text ?? "").split("\n").map((line) => line.split(":"));
  return Object.entries(users).flatMap(([name, stated]) => {
    const open = fields.filter((field) => stated[field] === undefined);
    if (known.has(name) || open.length === 0 || !isLogin(stated.shell ?? "")) return [];
    if (text === undefined)
      return [
        `nobody can read in the jail's ${passwdPath} how the user ${name} logs in: declare ${open.join(" and ")}`,
      ];
    const [, , , , , home, shell] = lines.find((line) => line.length === 7 && line[0] === name) ?? [];
    if (home === undefined || shell === undefined) return [];
    const live = { home, shell: shell || emptyShell };
    const lost = open.filter((field) => live[field] !== bytesOf(passwdDefaults[field]));
    if (lost.length === 0 || !isLogin(stated.shell ?? live.shell)) return [];
    const has = lost.map((field) => `the ${field} ${show(live[field] as Bytes)}`).join(" and ");
    return [
      `the user ${name} logs in with ${has} by the jail's ${passwdPath}, and accounts do not state that: declare ${lost.join(" and ")}, or shell: "${passwdDefaults.shell}" to end it`,
    ];
  });
}

/** The shell of a passwd line that names none (passwd(5)). */
const emptyShell = "/bin/sh";

function isLogin(shell: string): boolean {
  return !/\/(nologin|false)$/.test(shell);
}
