import { ChrootError } from "../errors";
import { type Bytes, show, toBuffer } from "../model/bytes";
import { closure } from "../observe/elf/closure";
import type { Host } from "../observe/elf/host-files";
import type { Closure } from "../observe/elf/result";
import type { Agent } from "./agent";
import { loaderFacts, looks } from "./looks";
import { expectDone, type Reply } from "./reply";
import { formatSite, type Site } from "./site";

/** Paths that are looked at for one jail; a hundred large programs need some thousands. */
const most = 20_000;

/**
 * What some binaries of a host need in a jail, by their absolute paths there. One round trip for each level of libraries;
 * nothing is run on the host but the agent.
 */
export async function closureOf(agent: Agent, site: Site, binaries: readonly string[]): Promise<Closure> {
  let host: Host = nothing;
  for (;;) {
    const next = closure(binaries, host);
    if (!("ask" in next)) return next;
    if (host.files.size + next.ask.length > most) throw unreadable(site, `they lead to more than ${most} paths`);
    const [facts, ...replies] = await Promise.all([
      host === nothing ? agent.request("loaders") : undefined,
      ...parts(next.ask).map((paths) => {
        const list = toBuffer(paths.map((path) => `${path}\0`).join("") as Bytes);
        return agent.request(`elves ${list.length}`, list);
      }),
    ]);
    if (facts) host = { ...host, ...loaderFacts(checked(facts, site)) };
    for (const reply of replies) host = looks(checked(reply, site), host);
    const missed = next.ask.find((path) => !host.files.has(path));
    if (missed !== undefined) throw unreadable(site, `the host did not say in time what ${show(missed)} is`);
  }
}

/** Requests of so many paths that each is answered within its time. All are sent at once. */
function parts(paths: readonly Bytes[], size = 100): (readonly Bytes[])[] {
  return Array.from({ length: Math.ceil(paths.length / size) }, (_, index) =>
    paths.slice(index * size, (index + 1) * size),
  );
}

/** A host of which nothing is known. */
export const nothing: Host = {
  files: new Map(),
  links: new Map(),
  directories: new Map(),
  machine: "",
  cache: new Map(),
  muslPaths: new Map(),
  services: [],
};

function checked(reply: Reply, site: Site): Reply {
  for (const each of [reply, ...reply.lists.values()])
    expectDone(each, "cannot look at the jail's binaries", formatSite(site));
  return reply;
}

function unreadable(site: Site, why: string): ChrootError {
  return new ChrootError("unreadable", { what: "cannot look at the jail's binaries", where: formatSite(site), why });
}
