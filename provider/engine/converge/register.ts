import type { Requests } from "../../agent/channel/ask";
import { dropRecords, putRecords } from "../../agent/requests/registry";
import type { Site } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { expectationOf } from "../../intent/expectation";
import { isOnHost } from "../../intent/file-claim";
import type { JailIntent } from "../../intent/jail-intent";
import type { ProgramView } from "../../intent/merge";
import { sameOwner } from "../../intent/owner";
import { declarationOf, type RegistryRecord, toRecord } from "../../intent/registry-record";
import { succeed } from "../../intent/succession";
import { bytesOf, show, utf8Of } from "../../model/bytes";
import { isEqual } from "../../model/values";
import { Programs } from "../../plan/contents/programs";
import { kinds } from "../../resources/kinds";
import { type Assessment, differencesOf } from "../assess/assessment";
import { declaredFiles } from "../assess/host-claims";
import { launchesOf } from "../assess/launches";
import { rsyslogFragmentPath } from "../assess/log-socket";
import { noteCreated } from "./created";
import type { Job } from "./job";

/**
 * Writes the records first: from then on the resources are known, and the next run finishes an interrupted one. Later requests
 * of the same chain are not done if the records cannot be written.
 */
export function register(
  to: Requests,
  program: ProgramView,
  jobs: readonly Job[],
  before: Assessment,
): { records: RegistryRecord[]; written: Promise<unknown> } {
  const { site } = to;
  const { records, machineId } = before.observation;
  const programs = new Programs(before.observation, expectationOf(before.merged.intent));
  const declared = jobs.map(({ declaration, delivered, isStale }) => {
    const token = declaration.owner.token ?? "";
    const last = records.find((known) => known.token === token) ?? predecessor(declaration, before);
    const record = toRecord(declaration, { token, stack: program.stack ?? "", machine: machineId }, last);
    const changedFiles = differencesOf(before, declaration.owner).filter(({ put }) => put !== undefined);
    const standing = standingOf(declaration, program) ?? last?.declared;
    // The jail's record notes the files that a Jail makes. A link on the host is always ours, whatever stood there before: it
    // points to our file and goes with it.
    const own = kinds.get(declaration.kind)?.declaresJail ? [] : changedFiles;
    const fresh = own.filter(({ path, live, put }) => !live || (isOnHost(path) && put?.claim.is.type === "link"));
    const made = [
      ...(last?.made ?? []),
      ...inherited(followed(declaration, before), site, records),
      ...fresh.map(({ path }) => show(path)),
    ];
    const isPending =
      delivered.commands.onChange !== undefined && (changedFiles.length > 0 || isStale || last?.pending === true);
    const decided = programs.decidedFor(declaration.owner, before.merged.intent.claims);
    const uid = startedUid(before, declaration, site);
    const mounts = mountsOf(followed(declaration, before), last, before);
    return {
      ...record,
      ...(standing === undefined ? {} : { declared: standing }),
      ...(mounts.length > 0 ? { mounts } : {}),
      ...(isRelayed(declaration, last, before, site) ? { relayed: true as const } : {}),
      ...(isUnproved(declaration, last, before) ? { unproved: true as const } : {}),
      ...(decided === undefined ? {} : { decided }),
      ...(uid === undefined ? {} : { uid }),
      ...(made.length > 0 ? { made: [...new Set(made)] } : {}),
      ...(isPending ? { pending: true as const } : {}),
    };
  });
  const written = [...noteCreated(declared, before, jobs, site), ...dismissed(jobs, before)];
  const isDeclared = (token: string) => program.declarations.some(({ owner }) => owner.token === token);
  const succeeded = succeed(records, written, kinds, { isOwn: before.merged.isOwn, isDeclared });
  // A resource that is being replaced keeps its files until it is deleted.
  const isHeld = ({ label, made = [] }: RegistryRecord) =>
    made.some((at) => !written.some((next) => next.label === label && next.made?.includes(at)));
  const stale = succeeded.stale.filter((record) => !isHeld(record));
  const kept = [...succeeded.kept, ...succeeded.stale.filter(isHeld)];
  // An unchanged record needs no write: most converged resources have only drifted.
  const there = new Set(records.map((record) => JSON.stringify(record)));
  const fresh = written.filter((record) => !there.has(JSON.stringify(record)));
  const tokens = stale.map(({ token }) => token);
  return {
    records: [...kept, ...written],
    written: Promise.all([putRecords(to, fresh), dropRecords(to, tokens)]),
  };
}

/** By the paths that the links in the jail lead to. */
function followed(declaration: Declaration, { merged }: Assessment): Declaration {
  return merged.declarations.find(({ owner }) => sameOwner(owner, declaration.owner)) ?? declaration;
}

/** How the program declares a resource; undefined where it does not have the Jail, or not its list, or the resource is one. */
export function standingOf(
  { kind, owner }: Declaration,
  { declarations, told, isAlone }: ProgramView,
): RegistryRecord["declared"] {
  const isJail = (name: string) => kinds.get(name)?.declaresJail === true;
  if (isAlone === true || isJail(kind) || !declarations.some((declaration) => isJail(declaration.kind)))
    return undefined;
  return told?.has(owner.label) ? "with its Jail" : "later";
}

/** The record of the stack's Jail that a new one takes the root over from. */
function predecessor({ kind }: Declaration, { merged: { left } }: Assessment): RegistryRecord | undefined {
  return kinds.get(kind)?.declaresJail ? left.find((record) => record.kind === kind) : undefined;
}

/** Records of resources that the program has dropped: the Jail, to which their paths fall, reports them. */
function dismissed(jobs: readonly Job[], { merged: { left } }: Assessment): RegistryRecord[] {
  if (!jobs.some(({ declaration: { kind } }) => kinds.get(kind)?.declaresJail)) return [];
  const rest = left.filter(({ kind }) => !kinds.get(kind)?.declaresJail);
  return rest.map((record) => ({ ...record, declared: "no more" as const }));
}

/** The paths of a resource's files that another record counts as made: the resource was renamed, or its state was lost. */
function inherited({ kind, owner, args }: Declaration, site: Site, records: readonly RegistryRecord[]): string[] {
  const made = new Set(records.flatMap(({ made: of = [] }) => of));
  return declaredFiles({ kind, owner, args }, site.root)
    .map(({ at }) => show(at))
    .filter((at) => made.has(at));
}

/** The existing and planned mount points, and the earlier declared ones until they are unmounted. */
function mountsOf(
  declaration: Declaration,
  last: RegistryRecord | undefined,
  { observation: { mounts } }: Assessment,
): string[] {
  const { mounts: durable = [], logSocket } = intentOf(declaration) ?? {};
  const declared = [...durable, ...[logSocket?.mount ?? []].flat()].map(({ at }) => utf8Of(at));
  const left = (last?.mounts ?? []).filter((path) => mounts.includes(bytesOf(path)));
  return [...new Set([...declared, ...left])];
}

/** Whether the host's rsyslog knows of the jail, or is about to. */
function isRelayed(
  declaration: Declaration,
  last: RegistryRecord | undefined,
  { observation: { files } }: Assessment,
  { root }: Site,
): boolean {
  if (intentOf(declaration)?.logSocket?.from === "syslog") return true;
  return last?.relayed === true && files?.places.get(rsyslogFragmentPath(root))?.live !== undefined;
}

/** Whether the jail's log socket still needs a proof: a line that comes out of it. */
function isUnproved(declaration: Declaration, last: RegistryRecord | undefined, before: Assessment): boolean {
  const logSocket = intentOf(declaration)?.logSocket;
  if (!logSocket) return false;
  const isChanged = differencesOf(before, declaration.owner).some(({ silence, mount }) => silence ?? mount);
  const { mount: _, ...socket } = logSocket;
  const { mount: _last, ...lastSocket } = (last && intentOf(declarationOf(last))?.logSocket) ?? {};
  return isChanged || last?.unproved === true || !isEqual(lastSocket, socket);
}

function intentOf(declaration: Declaration): JailIntent | undefined {
  return kinds.get(declaration.kind)?.jailIntent?.(declaration);
}

function startedUid({ merged, observation }: Assessment, { owner }: Declaration, { root }: Site): number | undefined {
  const launched = launchesOf(merged, observation.principals, root);
  return launched.find(({ by }) => sameOwner(by.owner, owner))?.launch.uid;
}
