import { z } from "zod";
import type { ArgumentProblem } from "../../intent/account-problem";
import type { Claim } from "../../intent/claim";
import type { Accounts } from "../../intent/declaration";
import { type FileClaim, textWish } from "../../intent/file-claim";
import type { Owner } from "../../intent/owner";
import { providedClaim } from "../../intent/provided-claim";
import { type Bytes, bytesOf } from "../../model/bytes";
import { type Principals, principalId } from "../../model/entry";
import { passwdDefaults, passwdPath } from "../../model/passwd";
import { hostPathProblem } from "../../model/path";
import { principalField, reasonField, refuseWith } from "../fields";

/** A user of the jail, where more than the reason has to be said. */
export const jailUserArgs = z.strictObject({
  /**
   * Why the jail has to know it.
   * @refused a blank
   * @example reason: "sftp users log in as it"
   */
  reason: reasonField,
  /**
   * Absolute path of its shell in the jail, which `binaries` can put there. With the default it cannot log in. If the
   * `etc/passwd` of an existing jail has a shell for the user, or a home beside a shell, the jail is taken over only
   * where both are stated.
   * @defaultValue `"/usr/sbin/nologin"`
   * @refused relative paths, `:` and control characters (passwd(5))
   * @example shell: "/bin/sh"
   */
  shell: z.string().superRefine(refuseWith(passwdPathProblem)).optional(),
  /**
   * Absolute path of its home in the jail.
   * @defaultValue `"/"`
   * @refused as in `shell`
   * @example home: "/home/upload"
   */
  home: z
    .string()
    .superRefine(refuseWith((home) => (home === "/" ? undefined : passwdPathProblem(home))))
    .optional(),
  /**
   * Its full name, or another comment: the field that is called GECOS.
   * @defaultValue empty
   * @refused `:` and control characters
   * @example comment: "uploads of partners"
   */
  comment: z.string().superRefine(refuseWith(passwdProblem)).optional(),
  /**
   * Its group, by name or number.
   * @defaultValue its group on the host
   * @example group: "partners"
   */
  group: principalField.optional(),
  /**
   * Why the jail names a user whose number is 0. Such a user is refused without it.
   * @example allowRoot: "the daemon looks root up by name"
   */
  allowRoot: reasonField.optional(),
});

/** Why a text cannot be a field of a line of passwd(5). */
function passwdProblem(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return "contains a control character, such as a newline: a user has one line of passwd";
  return text.includes(":") ? `"${text}" contains ":", which ends a field of passwd` : undefined;
}

function passwdPathProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return `"${path}" is relative: write the absolute path in the jail`;
  return passwdProblem(path) ?? hostPathProblem(path);
}

const accountName = principalField.superRefine(
  refuseWith((name) => (/^[0-9]+$/.test(name) ? "is a number: write the name that it has on the host" : undefined)),
);

/** Names that the jail's `etc/passwd` and `etc/group` have, with the numbers of the host. */
export const accountsArgs = z
  .strictObject({
    /**
     * Users by name, each with the reason or with more than that.
     * @example users: { bind: "it drops its rights by name" }
     */
    users: z.record(accountName, z.union([reasonField, jailUserArgs])).optional(),
    /**
     * Groups by name, each with the reason. They have no members.
     * @example groups: { bind: "its group" }
     */
    groups: z.record(accountName, reasonField).optional(),
  })
  .superRefine(({ users = {} }, context) => {
    const { root } = users;
    if (root !== undefined && detailsOf(root).allowRoot === undefined)
      context.addIssue({ code: "custom", message: rootProblem, path: ["users", "root"] });
  });

const rootProblem =
  "has the number 0: a jail should have no account with that number; leave it out, or give a reason in allowRoot";

export type JailAccounts = z.output<typeof accountsArgs>;
type JailUser = z.output<typeof jailUserArgs>;

export function detailsOf(user: string | JailUser): JailUser {
  return typeof user === "string" ? { reason: user } : user;
}

/** The stub files: without hashes, one line for each name. */
interface Stub {
  readonly at: Bytes;
  readonly reason: string;
  /** Absent where the host's numbers are not known. */
  readonly text?: string;
}

function stubsOf({ users = {}, groups = {} }: JailAccounts, principals?: Principals): Stub[] {
  const sorted = <T>(of: Readonly<Record<string, T>>) =>
    Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));
  const stub = (at: string, kind: string, names: readonly string[], lines: readonly (string | undefined)[]): Stub[] => {
    if (names.length === 0) return [];
    const isWhole = lines.every((line) => line !== undefined);
    const text = isWhole ? { text: lines.map((line) => `${line}\n`).join("") } : {};
    return [{ at: bytesOf(at), reason: `the jail's ${kind}: ${names.join(", ")}`, ...text }];
  };
  const named = sorted(users);
  const grouped = sorted(groups);
  return [
    ...stub(
      passwdPath,
      "users",
      named.map(([name]) => name),
      named.map(([name, user]) => principals && userLine(name, detailsOf(user), principals)),
    ),
    ...stub(
      "etc/group",
      "groups",
      grouped.map(([name]) => name),
      grouped.map(([name]) => {
        const gid = principals?.gids.get(name);
        return gid === undefined ? undefined : `${name}:x:${gid}:`;
      }),
    ),
  ];
}

function userLine(name: string, { group, ...stated }: JailUser, principals: Principals): string | undefined {
  const { shell, home, comment } = { ...passwdDefaults, ...stated };
  const uid = principals.uids.get(name);
  const gid = group === undefined ? principals.primary.get(name) : principalId(group, principals.gids);
  return uid === undefined || gid === undefined ? undefined : `${name}:x:${uid}:${gid}:${comment}:${home}:${shell}`;
}

export function accountFiles(accounts: JailAccounts | undefined, by: Owner, principals?: Principals): FileClaim[] {
  return stubsOf(accounts ?? {}, principals).map(({ at, reason, text }) => {
    if (text === undefined) return { by, reason, at, is: { type: "file" } };
    return {
      by,
      reason,
      at,
      is: { type: "file", content: textWish(text) },
    };
  });
}

export function accountClaims(accounts: JailAccounts | undefined, by: Owner): Claim[] {
  return stubsOf(accounts ?? {}).map(({ at, reason }) => providedClaim(at, 0o644, reason, by));
}

/** The users and groups that they need on the host. */
export function accountNames({ users = {}, groups = {} }: JailAccounts = {}): Accounts {
  const theirs = Object.values(users).flatMap((user) => detailsOf(user).group ?? []);
  return { users: Object.keys(users), groups: [...Object.keys(groups), ...theirs] };
}

/** Why the numbers that the host has for them are none for a jail. */
export function accountProblems(
  { users = {}, groups = {} }: JailAccounts = {},
  { uids, gids }: Principals,
): ArgumentProblem[] {
  const roots = Object.entries(users)
    .filter(([name, user]) => uids.get(name) === 0 && detailsOf(user).allowRoot === undefined)
    .map(([user]): ArgumentProblem => ({ problem: "account-root", user }));
  return [...roots, ...sharing("users", Object.keys(users), uids), ...sharing("groups", Object.keys(groups), gids)];
}

/** Programs in the jail find only the first of two names with one number. */
function sharing(
  of: "users" | "groups",
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
): ArgumentProblem[] {
  return [...names].sort().flatMap((name, index, sorted): ArgumentProblem[] => {
    const id = ids.get(name);
    const other = sorted.slice(0, index).find((earlier) => ids.get(earlier) === id);
    if (id === undefined || other === undefined) return [];
    return [{ problem: "number-shared", of, names: [other, name], id }];
  });
}
