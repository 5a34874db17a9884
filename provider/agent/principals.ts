import type { Observation } from "../observe/observation";
import { principals } from "./ids";
import { withAgent } from "./observe";
import type { Site } from "./site";

/** Asks a directory service for names that the host's files do not have; those that it has not either stay unknown. */
export async function withNames(
  site: Site,
  observation: Observation,
  names: { users: readonly string[]; groups: readonly string[] },
): Promise<Observation> {
  const { uids, gids } = observation.principals;
  const users = unknown(names.users, uids);
  const groups = unknown(names.groups, gids);
  if (users.length + groups.length === 0) return observation;
  const found = await withAgent(site, (agent) =>
    Promise.all(
      (
        [
          ["passwd", users],
          ["group", groups],
        ] as const
      ).map(async ([database, list]) => {
        const data = Buffer.from(list.map((name) => `${name}\n`).join(""), "utf8");
        const reply = await agent.request(`names ${database} ${data.length}`, data);
        return reply.lines.map(([, line]) => line).join("\n");
      }),
    ),
  );
  const more = principals(found[0] ?? "", found[1] ?? "");
  return {
    ...observation,
    principals: {
      uids: new Map([...uids, ...more.uids]),
      gids: new Map([...gids, ...more.gids]),
      users: new Map([...more.users, ...observation.principals.users]),
      groups: new Map([...more.groups, ...observation.principals.groups]),
    },
  };
}

function unknown(names: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  return [...new Set(names)].filter((name) => !ids.has(name) && !/^[0-9]+$/.test(name));
}
