import { messageOf } from "../errors";
import type { Declaration } from "../intent/declaration";
import { principalId } from "../model/entry";
import type { Running } from "../observe/process";
import type { Identity } from "../plan/checks/identity";
import { type ProcessFinding, processFindings } from "../plan/checks/processes";
import type { DriftTexts } from "../render/drift-map";
import { kinds } from "../resources/kinds";
import { type Launched, launchesOf } from "./launches";
import type { View } from "./view";

/** What one resource has to say of who runs in its jail. */
export interface ProcessLook {
  readonly findings: readonly ProcessFinding[];
  /** Why not everybody was looked at. */
  readonly gap?: string;
}

/** A resource that says who may run in a jail: a Wrapper, and the Jail of a daemon that changes its root itself. */
export function isAboutProcesses({ kind }: Declaration): boolean {
  return kinds.get(kind)?.declaresJail === true || kinds.get(kind)?.started !== undefined;
}

/** Whether a check of what is declared so is going to ask who runs. */
export function tellsWhoRuns({ kind, args }: Pick<Declaration, "kind" | "args">): boolean {
  const { declaresJail, started } = kinds.get(kind) ?? {};
  return started !== undefined || (declaresJail === true && args["user"] !== undefined);
}

/** Compares who runs with who may. Where there are Wrappers they tell, each of its own daemon, else the Jail. */
export async function lookAtProcesses(
  { kind, owner }: Declaration,
  { merged, observation }: View,
  root: string,
  running: () => Promise<Running>,
): Promise<ProcessLook> {
  const launched = launchesOf(merged, observation.principals, root);
  const own = launched.find(({ by }) => by.owner.label === owner.label);
  const isWrapped = merged.declarations.some((one) => kinds.get(one.kind)?.started);
  const isNative = kinds.get(kind)?.declaresJail === true && !isWrapped;
  const identities = isNative ? nativeIdentity(merged.jail, observation.principals) : launched.map(identityOf);
  if ((!own && !isNative) || identities.length === 0) return { findings: [] };
  try {
    const { processes, more } = await running();
    const isOthers = (uids: readonly number[]) =>
      launched.some(({ launch }) => launch !== own?.launch && uids.includes(launch.uid));
    const found = processFindings(isNative ? processes : processes.filter(({ uids }) => !isOthers(uids)), identities);
    return { findings: found, ...(more > 0 ? { gap: `${more} more processes of the jail were not looked at` } : {}) };
  } catch (error) {
    return { findings: [], gap: `its running processes are not checked: ${messageOf(error)}` };
  }
}

function identityOf({ launch }: Launched): Identity {
  const { label, uid, gid, groups, umask } = launch;
  return {
    label,
    uid,
    gid,
    groups,
    capabilities: Object.keys(launch.capabilities),
    noNewPrivs: true,
    environment: Object.keys(launch.environment),
    umask,
  };
}

function nativeIdentity(jail: Declaration | undefined, { uids, gids }: View["observation"]["principals"]): Identity[] {
  const uid = principalId(String(jail?.args["user"]), uids);
  const gid = principalId(String(jail?.args["group"]), gids);
  if (!jail || uid === undefined || gid === undefined) return [];
  return [{ label: jail.owner.label.replace("::", " "), uid, gid, groups: [], capabilities: [], noNewPrivs: false }];
}

/**
 * Why a daemon must not be started with another number: its user was renumbered on the host, and it runs with the old one
 * still. What it has made would be nobody's, and whoever gets that number next would have it.
 */
export async function renumbered(
  { owner }: Declaration,
  { merged, observation }: View,
  root: string,
  running: () => Promise<Running>,
): Promise<string | undefined> {
  const before = observation.records.find(({ token }) => token === owner.token)?.uid;
  const own = launchesOf(merged, observation.principals, root).find(({ by }) => by.owner.label === owner.label);
  if (before === undefined || !own || own.launch.uid === before) return undefined;
  const numbers = `its user had the number ${before} and has ${own.launch.uid} now`;
  const remedy = "stop it, then run pulumi up again";
  const found = await running().catch(messageOf);
  if (typeof found === "string")
    return `${numbers}, and nobody knows whether it runs with the old one still: ${found}: ${remedy}`;
  const old = found.processes.find(({ uids }) => uids.includes(before));
  if (old) return `${numbers}, and process ${old.pid} runs with the old one: ${remedy}`;
  if (found.more === 0) return undefined;
  return `${numbers}, and ${found.more} more processes of the jail were not looked at: ${remedy}`;
}

/** One line for people. */
export function findingText({ what, remedy }: ProcessFinding): string {
  return `${what}: ${remedy}`;
}

/** Findings as drift of the resource, for those who have asked for it; what is only worth a look is none. */
export function staleTexts(findings: readonly ProcessFinding[]): DriftTexts {
  const worth = findings.filter(({ severity }) => severity !== "low");
  return new Map(
    worth.map(({ what, remedy }, index) => [`(process ${index + 1})`, { live: what, declared: remedy, marks: "" }]),
  );
}
