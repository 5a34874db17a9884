import { ChrootError } from "../../errors";
import { type Bytes, show, toBuffer } from "../../model/bytes";
import { closure } from "../../observe/elf/closure";
import type { Host } from "../../observe/elf/host-files";
import type { Closure } from "../../observe/elf/result";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { expectDone, type Reply } from "../channel/reply";
import { formatSite, type Site } from "../site";
import { addElfReply, loaderFacts } from "./elf-replies";

/** The most paths for one jail; a hundred large programs need some thousands. */
const most = 20_000;

/**
 * Finds everything that some binaries of a host need in a jail, by their absolute paths there. One round trip for each
 * level of libraries; nothing runs on the host but the agent.
 */
export async function closureOf(agent: Agent, binaries: readonly string[]): Promise<Closure> {
  let host: Host = emptyHost;
  for (;;) {
    const next = closure(binaries, host);
    if (!("ask" in next)) return next;
    if (host.files.size + next.ask.length > most) throw unreadable(agent.site, `they lead to more than ${most} paths`);
    const [facts, ...replies] = await Promise.all([
      host === emptyHost ? ask(agent, "loaders") : undefined,
      ...parts(next.ask).map((paths) => {
        const list = toBuffer(paths.map((path) => `${path}\0`).join("") as Bytes);
        return ask(agent, "elves", { data: list });
      }),
    ]);
    if (facts) host = { ...host, ...loaderFacts(checked(facts, agent.site)) };
    for (const reply of replies) host = addElfReply(checked(reply, agent.site), host);
    const missed = next.ask.find((path) => !host.files.has(path));
    if (missed !== undefined) throw unreadable(agent.site, `the host did not report ${show(missed)} in time`);
  }
}

/** Splits paths into requests that the host can answer within its time. All are sent at once. */
function parts(paths: readonly Bytes[], size = 100): (readonly Bytes[])[] {
  return Array.from({ length: Math.ceil(paths.length / size) }, (_, index) =>
    paths.slice(index * size, (index + 1) * size),
  );
}

/** A host before the first look. */
export const emptyHost: Host = {
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
