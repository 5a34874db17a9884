import type { LoginField, LoginProblem } from "../../intent/account-problem";
import type { JailIntent } from "../../intent/jail-intent";
import { type Bytes, bytesOf } from "../../model/bytes";
import { passwdDefaults } from "../../model/passwd";

const fields: readonly LoginField[] = ["shell", "home"];

/**
 * Reasons against taking over a jail's users as declared: the jail's present passwd lets them log in, but the fields that
 * `accounts` leaves out would lock them out. `known` users were declared before: for them another field is drift. `text` is that
 * passwd; undefined where it cannot be read.
 */
export function loginProblems(
  { users }: Pick<JailIntent, "users">,
  known: ReadonlySet<string>,
  text: Bytes | undefined,
): LoginProblem[] {
  const lines = (text ?? "").split("\n").map((line) => line.split(":"));
  return Object.entries(users).flatMap(([user, stated]): LoginProblem[] => {
    const open = fields.filter((field) => stated[field] === undefined);
    if (known.has(user) || open.length === 0 || !isLogin(stated.shell ?? "")) return [];
    if (text === undefined) return [{ problem: "passwd-unread", user, fields: open }];
    const [, , , , , home, shell] = lines.find((line) => line.length === 7 && line[0] === user) ?? [];
    if (home === undefined || shell === undefined) return [];
    const values = { home: home as Bytes, shell: (shell || emptyShell) as Bytes };
    const lost = open.filter((field) => values[field] !== bytesOf(passwdDefaults[field]));
    if (lost.length === 0 || !isLogin(stated.shell ?? values.shell)) return [];
    return [{ problem: "login-unstated", user, live: lost.map((field) => ({ field, value: values[field] })) }];
  });
}

/** The shell of a passwd line that names none (passwd(5)). */
const emptyShell = "/bin/sh";

function isLogin(shell: string): boolean {
  return !/\/(nologin|false)$/.test(shell);
}
