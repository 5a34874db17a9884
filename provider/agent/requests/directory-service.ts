import { ChrootError } from "../../errors";
import { showRemote } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import type { Use } from "../channel/lease";
import { toldIn } from "../channel/reply";
import { principals } from "./principal-lines";

export interface Names {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Looks names up in a directory service that the host's files lack; those that it lacks, too, stay unknown. */
export async function withNames(observation: Observation, { users, groups }: Names, use: Use): Promise<Observation> {
  const known = observation.principals;
  const missing = { users: unknown(users, known.uids), groups: unknown(groups, known.gids) };
  if (missing.users.length + missing.groups.length === 0) return observation;
  const found = await use((agent) =>
    Promise.all([lookUp(agent, "passwd", missing.users), lookUp(agent, "group", missing.groups)]),
  );
  const more = principals(...found);
  return {
    ...observation,
    principals: {
      uids: new Map([...known.uids, ...more.uids]),
      gids: new Map([...known.gids, ...more.gids]),
      users: new Map([...more.users, ...known.users]),
      groups: new Map([...more.groups, ...known.groups]),
      primary: new Map([...known.primary, ...more.primary]),
    },
  };
}

async function lookUp(agent: Agent, database: "passwd" | "group", names: readonly string[]): Promise<string> {
  const data = Buffer.from(names.map((name) => `${name}\n`).join(""), "utf8");
  const reply = await ask(agent, "names", { database, data });
  const unanswered = toldIn(reply, "unanswered");
  if (unanswered !== undefined)
    throw new ChrootError("unreadable", {
      what: "cannot look up users and groups",
      where: "",
      why: `the host's directory service does not answer within 5 s (getent ${database} ${showRemote(unanswered)})`,
      remedy: "see whether it runs, or declare numbers",
    });
  return reply.lines.map(([, line]) => line).join("\n");
}

function unknown(names: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  return [...new Set(names)].filter((name) => !ids.has(name) && !/^[0-9]+$/.test(name));
}
