import { utf8Of } from "../model/bytes";
import type { Launch } from "../model/launch";
import type { LaunchHost } from "../observe/launch-host";
import { type HostMount, readMounts } from "../plan/exposed";
import type { Agent } from "./agent";
import { emptyList, expectDone } from "./reply";
import { shellTexts } from "./script";
import { formatSite, type Site } from "./site";

/** What a launcher is made of beside its declaration: its first lines, and how it starts a daemon. */
export function launcherParts(): { head: string; engine: string } {
  const [[, head] = ["", ""], ...own] = shellTexts("launcher");
  // The agent's own question of what the host has, so that both ask with one text.
  const shared = shellTexts("host").filter(([file]) => file === "66-launch.sh");
  return { head, engine: [...shared, ...own].map(([, text]) => text).join("\n") };
}

/** Asks a host what a launcher could rely on there. */
export async function launchHost(agent: Agent, launch: Launch, where: string): Promise<LaunchHost> {
  const kept = Object.keys(launch.capabilities).map((name) => `,+${name}`);
  const reply = await agent.request(`launchers ${launch.uid} ${kept.join("")}`);
  const { lists, lines } = expectDone(reply, "cannot ask what is there to start a daemon", where);
  const lacks = lists.get("lacks") ?? emptyList;
  expectDone(lacks, "cannot ask what is there to start a daemon", where);
  const [, groups = ""] = lines.find(([word]) => word === "groups") ?? [];
  return {
    lacks: lacks.pieces,
    systemd: lines.some(([word]) => word === "systemd"),
    memberOf: groups.split(/\s+/).slice(1).filter(Boolean).map(Number),
  };
}

/** What tells who can reach a file of the host from a jail, or changes what a unit says. */
export interface Exposed {
  /** Roots of the jails that are registered on the host. */
  readonly roots: readonly string[];
  readonly mounts: readonly HostMount[];
  /** Drop-ins of the unit that was asked for. Raw. */
  readonly dropIns: readonly string[];
}

/** Asks for the host's jails and mounts, and what else speaks of a unit; empty for none. */
export async function exposedOn(agent: Agent, site: Site, unit: string): Promise<Exposed> {
  const where = formatSite(site);
  const name = Buffer.from(unit, "utf8");
  const reply = await agent.request(`exposed ${name.length}`, name);
  const { lists, lines } = expectDone(reply, "cannot look for other jails and mounts", where);
  const mounts = expectDone(lists.get("mountinfo") ?? emptyList, "cannot read what is mounted", where);
  // JSON, a line of a record each; who writes another line into one names a jail more.
  const roots = (lists.get("roots") ?? emptyList).pieces.flatMap((line) => {
    const [, text] = /"root": ("(?:[^"\\]|\\.)*")/.exec(utf8Of(line)) ?? [];
    return text === undefined ? [] : [String(JSON.parse(text))];
  });
  const dropIns = lines.filter(([word]) => word === "dropin").map(([, file]) => file);
  return { roots, mounts: readMounts(mounts.pieces), dropIns };
}
