import type { Observation } from "../observe/observation";
import type { Agent } from "./agent";
import type { Use } from "./asking";
import { principals } from "./ids";

export interface Names {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Asks a directory service for names that the host's files do not have; those that it has not either stay unknown. */
export async function withNames(observation: Observation, { users, groups }: Names, use: Use): Promise<Observation> {
  const known = observation.principals;
  const missing = { users: unknown(users, known.uids), groups: unknown(groups, known.gids) };
  if (missing.users.length + missing.groups.length === 0) return observation;
  const found = await use((agent) =>
    Promise.all([ask(agent, "passwd", missing.users), ask(agent, "group", missing.groups)]),
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

async function ask(agent: Agent, database: "passwd" | "group", names: readonly string[]): Promise<string> {
  const data = Buffer.from(names.map((name) => `${name}\n`).join(""), "utf8");
  const reply = await agent.request(`names ${database} ${data.length}`, data);
  return reply.lines.map(([, line]) => line).join("\n");
}

function unknown(names: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  return [...new Set(names)].filter((name) => !ids.has(name) && !/^[0-9]+$/.test(name));
}
