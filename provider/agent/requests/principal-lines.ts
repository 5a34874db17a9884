import type { Principals } from "../../model/entry";

/** Reads users and groups from lines `name:number`; a user's line has the number of his group behind it. */
export function principals(passwd: string, group: string): Principals {
  const [uids, users, primary] = ids(passwd, userLine);
  const [gids, groups] = ids(group, groupLine);
  return { uids, gids, users, groups, primary };
}

// getpwnam(3) reads the same lines from a file. A name with + or - in front means others, of a directory service, and # begins
// a comment. Other lines are no account, or have a name that cannot be declared.
const userLine = /^([^+\-#:\0][^:\0]{0,255}):(\d{1,10}):(\d{1,10})$/;
const groupLine = /^([^+\-#:\0][^:\0]{0,255}):(\d{1,10})$/;
/** No user has the number of all ones: chown(2) takes it for "as it is". */
const highest = 0xfffffffe;

/** The first name of a number and the first line of a name count. */
function ids(
  lines: string,
  pattern: RegExp,
): [byName: Map<string, number>, byId: Map<number, string>, primary: Map<string, number>] {
  const byName = new Map<string, number>();
  const byId = new Map<number, string>();
  const primary = new Map<string, number>();
  for (const line of lines.split("\n")) {
    const [, name = "", ...numbers] = pattern.exec(line) ?? [];
    const [id = Number.NaN, gid = 0] = numbers.map(Number);
    if (!(id <= highest && gid <= highest)) continue;
    if (!byId.has(id)) byId.set(id, name);
    if (byName.has(name)) continue;
    byName.set(name, id);
    if (numbers.length > 1) primary.set(name, gid);
  }
  return [byName, byId, primary];
}
