import { ChrootError } from "../../errors";
import type { HostLimit } from "../../intent/host-limit";
import { fromWire, show } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import type { HostConnections } from "../../ssh/connections";
import type { Agent } from "../channel/agent";
import type { Chain } from "../channel/chain";
import { withAgent } from "../channel/connect";
import { allToldIn, expectDone, hasLine, type Reply, toldIn } from "../channel/reply";
import type { LineOf, ListOf } from "../protocol";
import { formatSite, type Site } from "../site";
import { checkEntered, enter } from "./enter";
import { recordsOfRegistries } from "./host-registries";
import { principals } from "./principal-lines";
import { fromElsewhere, lockRegistry, type Registered, registered } from "./registry";
import { askScan, readFilesystem, readScan, type Scanned } from "./scan";

/** Looks at a jail: facts, registry and scan in one round trip, while no run changes it. Nothing on the host is changed. */
export function observe(connections: HostConnections, site: Site): Promise<Looked> {
  return withAgent(connections, site, (agent) => lockAndLook(agent, "-s"));
}

/** Locks and looks by an agent that is asked more, or changes something: it has the lock until it ends. */
export async function lockAndLook(agent: Agent, mode: "-s" | "-x"): Promise<Looked> {
  const looking = Promise.all([lockRegistry(agent, mode), look(agent)]);
  agent.prefetch();
  return (await looking)[1];
}

/** The result of a look, the findings known there, and for a change the documents in the registry. */
type Looked = Observation & Pick<Registered, "documents" | "known">;

/** Walks to the root and looks at it. In a chain it makes an absent root, closed to everybody but root. */
export async function look(agent: Agent, { makeIn }: { makeIn?: Chain } = {}): Promise<Looked> {
  const [entered, reply] = await Promise.all([enter(agent, makeIn), askScan(agent, "look", "all")]);
  const fact = (word: LineOf<"look">) => toldIn(reply, word) ?? "";
  // The pieces were cut at NULs, which come back: no two halves of a line become another line.
  const listed = (name: ListOf<"look">) => reply.lists.get(name)?.pieces.join("\0") ?? "";
  checkTold(reply, agent.site);
  // The obstacle on the way to the root is told first.
  checkRights(fact("uid"), agent.site);
  checkEntered(entered, agent.site);
  const absent = toldIn(entered, "absent");
  const found = absent !== undefined ? { ...nothing, ...readFilesystem(reply) } : readScan(reply, agent.site);
  const { unseen } = agent.leftOut;
  const { records, damaged, ...registry } = registered(reply, agent.site);
  const machineId = show(fromWire(fact("machine")));
  // A record of another machine came with a copy of its disk, and does not hold here.
  const copied = records.filter(({ machine }) => machine !== machineId);
  const lacks = new Set(allToldIn(reply, "gap"));
  const can = {
    acl: !lacks.has("getfacl") && !lacks.has("setfacl"),
    capabilities: !lacks.has("getcap") && !lacks.has("setcap"),
  };
  return {
    ...found,
    ...(absent === undefined ? {} : { absent: fromWire(absent) }),
    ...(unseen.length > 0 ? { unseen } : {}),
    ...registry,
    records: records.filter((record) => !copied.includes(record)),
    damaged: [...damaged, ...copied.map(fromElsewhere)],
    nested: [...recordsOfRegistries(reply.lists.get("nested")).values()]
      .flat()
      .filter(({ machine }) => machine === machineId),
    principals: principals(listed("passwd"), listed("group")),
    machineId,
    hasSystemd: fact("boot") === "systemd",
    kernel: fact("kernel"),
    can,
    gaps: hostLimits(lacks, can),
    notices: agent.notices,
  };
}

function hostLimits(lacks: ReadonlySet<string>, can: Observation["can"]): HostLimit[] {
  const found: HostLimit[] = [];
  if (lacks.has("flock")) found.push({ problem: "flock-missing" });
  if (!can.acl) found.push({ problem: "acls-unchecked" });
  if (!can.capabilities) found.push({ problem: "capabilities-unchecked" });
  if (lacks.has("protected_hardlinks")) found.push({ problem: "hard-links-open" });
  return found;
}

/** Checks that the process that tells of the host and the registry has told everything. */
function checkTold(reply: Reply, site: Site): void {
  const isCut = (["passwd", "group", "nested"] as const).some((name) => (reply.lists.get(name)?.status ?? 0) > 123);
  const isTold = (["uid", "known"] as const).every((fact) => hasLine(reply, fact));
  if (isTold && !isCut) return;
  expectDone(reply, "cannot look at the jail", formatSite(site));
  throw new ChrootError("unreadable", {
    what: "cannot look at the jail",
    where: formatSite(site),
    why: "a process of the agent was killed: out of memory, or of processes?",
  });
}

const nothing: Scanned = { entries: new Map(), mounts: [], mounted: new Map() };

function checkRights(uid: string, site: Site): void {
  if (uid !== "0")
    throw new ChrootError("not-root", {
      what: "cannot look at the jail",
      where: formatSite(site),
      why: `logged in with uid ${uid}, but only root can read and change a whole jail`,
      remedy: 'log in as root (connection.user: "root"), or set connection.become',
    });
}
