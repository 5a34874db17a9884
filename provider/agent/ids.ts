import type { Principals } from "../model/entry";

/** Users and groups from `name:number` lines. */
export function principals(passwd: string, group: string): Principals {
  const [uids, users] = ids(passwd);
  const [gids, groups] = ids(group);
  return { uids, gids, users, groups };
}

/** `name:number` lines; the first name of a number and the first number of a name count, as in getpwuid(3). */
function ids(lines: string): [Map<string, number>, Map<number, string>] {
  const byName = new Map<string, number>();
  const byId = new Map<number, string>();
  for (const line of lines.split("\n")) {
    const [name = "", number = ""] = line.split(":");
    if (name === "" || !/^[0-9]+$/.test(number)) continue;
    if (!byName.has(name)) byName.set(name, Number(number));
    if (!byId.has(Number(number))) byId.set(Number(number), name);
  }
  return [byName, byId];
}
