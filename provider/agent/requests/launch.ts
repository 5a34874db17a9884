import { ChrootError } from "../../errors";
import { showRemote, utf8Of } from "../../model/bytes";
import type { Launch } from "../../model/launch";
import type { LaunchHost } from "../../observe/launch-host";
import { type HostMount, readMounts } from "../../plan/contents/exposed";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { allToldIn, emptyList, expectDone, hasLine, toldIn } from "../channel/reply";
import { formatSite } from "../site";

/** Asks a host which tools a launcher could rely on there. */
export async function launchHost(agent: Agent, launch: Launch): Promise<LaunchHost> {
  const where = formatSite(agent.site);
  const kept = Object.keys(launch.capabilities).map((name) => `,+${name}`);
  const reply = await ask(agent, "launchers", { uid: launch.uid, kept: kept.join("") });
  const { lists } = expectDone(reply, "cannot ask for the tools that start a daemon", where);
  const lacks = lists.get("lacks") ?? emptyList;
  expectDone(lacks, "cannot ask for the tools that start a daemon", where);
  const groups = toldIn(reply, "groups") ?? "";
  return {
    lacks: lacks.pieces,
    systemd: hasLine(reply, "systemd"),
    memberOf: groups.split(/\s+/).slice(1).filter(Boolean).map(Number),
  };
}

/** The jails that can reach a file of the host, and the files that change a unit. */
export interface Exposed {
  /** Roots of the host's registered jails. */
  readonly roots: readonly string[];
  readonly mounts: readonly HostMount[];
  /** Files that change the unit of the question. Raw. */
  readonly dropIns: readonly string[];
  /** Files of its name that systemd reads instead of it. Raw. */
  readonly overrides: readonly string[];
}

/** Asks for the host's jails and mounts, and the files that change a unit; empty for no unit. */
export async function exposedOn(agent: Agent, unit: string): Promise<Exposed> {
  const where = formatSite(agent.site);
  const name = Buffer.from(unit, "utf8");
  const reply = await ask(agent, "exposed", { data: name });
  const { lists } = expectDone(reply, "cannot look for other jails and mounts", where);
  const mounts = expectDone(lists.get("mountinfo") ?? emptyList, "cannot read the mounts", where);
  const strange = mounts.pieces.find((text) => !/^\d+ \d+ \d+:\d+ \S+ \S+ /.test(text));
  if (strange !== undefined)
    throw new ChrootError("unreadable", {
      what: "cannot read the mounts",
      where,
      why: `a line of /proc/self/mountinfo is not understood: ${showRemote(strange, 200)}`,
    });
  // Records are JSON, a line each; a forged line only adds a jail.
  const roots = (lists.get("roots") ?? emptyList).pieces.flatMap((line) => {
    const [, text] = /"root": ("(?:[^"\\]|\\.)*")/.exec(utf8Of(line)) ?? [];
    return text === undefined ? [] : [String(JSON.parse(text))];
  });
  const mounted = readMounts(mounts.pieces);
  return { roots, mounts: mounted, dropIns: allToldIn(reply, "dropin"), overrides: allToldIn(reply, "override") };
}
