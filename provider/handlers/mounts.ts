import type { Agent } from "../agent/agent";
import type { Use } from "../agent/asking";
import { applyMounts, bootFacts, reloadUnits, writeFence } from "../agent/mounts";
import { removeFile } from "../agent/put";
import { type Scanned, scan } from "../agent/scan";
import { registryName, type Site } from "../agent/site";
import { type Owner, sameOwner } from "../intent/claim";
import { expected } from "../intent/expected";
import type { FileClaim } from "../intent/file-claim";
import { onHost } from "../intent/file-claim";
import type { Merged, Refusal } from "../intent/merge";
import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, bytesOf, depthOf, fromWire, show, utf8Of } from "../model/bytes";
import type { FileFacts } from "../observe/files";
import type { Observation } from "../observe/observation";
import type { BootFacts, Mounting } from "../plan/mounts";
import { fstabLines } from "../render/mount-unit";
import type { JailInputs } from "../resources/jail/args";
import { logMounts } from "../resources/jail/log-socket";
import { mountClaims, sourceProblem } from "../resources/jail/mounts";
import { beginRelay, endRelay, hearingOf, socketProblem } from "./log-socket";
import { fragment, fragmentPlace, isThereAtBoot, unitFiles } from "./mount-boot";
import { placeProblem } from "./mount-place";
import type { View } from "./view";

/** What is mounted in a jail, as far as it is known before files are looked at. */
export interface Mounted extends Mounting {
  /** What mounts it again when the host starts. */
  readonly files: readonly FileClaim[];
  /** Places of the host that tell whether a bind shows what it should. */
  readonly places: readonly Bytes[];
  readonly gaps: readonly string[];
}

/** What is mounted after a change, and what is seen where nothing is mounted any more. */
interface Remounted extends Pick<Scanned, "mounts" | "mounted" | "entries"> {
  readonly uncovered: readonly Bytes[];
  readonly errors: readonly string[];
}

/** What a host tells of mounts; asked for once, and only where there are any. */
export class KnownMounts {
  #boot: BootFacts | undefined;

  async with(
    { jail, intent }: Merged,
    { records, mounted, principals, filesystem, hasSystemd: isSystemd = false }: Observation,
    site: Site,
    use: Use,
  ): Promise<Mounted> {
    const none = { claims: [], departed: [], files: [], places: [], gaps: [] };
    if (!jail) return none;
    const by = jail.owner;
    const args = jail.args as Partial<JailInputs>;
    const durable = mountClaims(args.mounts, by);
    const sockets = logMounts(args.logSocket, by);
    const claims = [...durable, ...sockets];
    const hearing = hearingOf(jail, records, mounted, site.root);
    const { mounts: before = [], created } = records.find(({ token }) => token === by.token) ?? {};
    const isOnOthers = (at: Bytes) => created?.file?.includes(show(at)) !== true;
    const isDeclared = (at: Bytes) => claims.some((claim) => claim.at === at);
    const departed = before.map(bytesOf).filter((at) => !isDeclared(at));
    const isInMemory = filesystem?.type === "tmpfs" || filesystem?.type === "ramfs";
    if (claims.length + before.length + hearing.places.length === 0 && !isInMemory) return none;
    if (!isSystemd && claims.length + before.length > 0) this.#boot ??= await use((agent) => bootFacts(agent, site));
    const boot = isSystemd ? undefined : this.#boot;
    const want = boot && fstabLines(durable, registryName(site.root), site.root, principals, boot.isSimple);
    const simple = durable.some(({ is }) => is.type === "bind" && is.readOnly) && boot?.isSimple === true;
    return {
      claims,
      departed: departed.filter((at) => mounted?.has(at)).map((at) => ({ at, by, isOnOthers: isOnOthers(at) })),
      ...(boot && want !== undefined ? { fence: { by, live: boot.fence, want } } : {}),
      ...hearing,
      files: [
        ...hearing.files,
        ...(isSystemd
          ? [
              ...claims.filter(isThereAtBoot).flatMap((claim) => unitFiles(claim, site.root, principals)),
              ...(isInMemory ? [fragment(jail, intent, claims, site.root, principals)] : []),
            ]
          : []),
      ],
      places: [
        ...hearing.places,
        ...claims.flatMap(({ at, is }) => (is.type === "bind" ? [is.source, onHost(bytesOf(site.root), at)] : [])),
      ],
      gaps: [
        ...(simple
          ? [
              "its mount command is BusyBox's, which cannot mount a bind read-only from fstab: after a restart, pulumi up mounts it",
            ]
          : []),
        ...sockets
          .filter((claim) => !isSystemd || !isThereAtBoot(claim))
          .map(({ at }) => `${show(at)} is gone after a restart of the host, until pulumi up mounts it again`),
      ],
    };
  }

  /** Something is being changed: it is asked for again behind that. */
  async renew(agent: Agent, site: Site): Promise<void> {
    if (this.#boot) this.#boot = await bootFacts(agent, site);
  }
}

/**
 * Changes the mounts of some owners and who listens in their jail, and what is to mount them when the host starts; and looks
 * again. Undefined where there is nothing to do.
 */
export async function changeMounts(
  agent: Agent,
  site: Site,
  { plan, observation }: View,
  owners: readonly Owner[],
  known: KnownMounts,
): Promise<Remounted | undefined> {
  const own = plan.differences.filter(({ owner }) => owners.some((one) => sameOwner(one, owner)));
  const changes = own.flatMap(({ mount }) => mount ?? []);
  const fences = own.flatMap(({ fence }) => fence ?? []);
  const silences = own.filter(({ silence }) => silence !== undefined);
  if (changes.length + fences.length + silences.length === 0) return undefined;
  // rsyslog removes the name of its socket when it ends, and needs the name when it begins.
  const isLeaving = silences.some(({ silence }) => silence?.of === "departed");
  const left = isLeaving ? await endRelay(agent, site) : [];
  const sent = Promise.all([
    // What would mount it again comes first: whoever is cut then has it mounted when the host starts, as declared.
    ...fences.map(({ want }) => writeFence(agent, site, want)),
    applyMounts(agent, site, changes, observation.principals),
    ...(changes.length > 0 ? [reloadUnits(agent)] : []),
    beginRelay(agent, site, silences),
  ]);
  // All of it is on its way, and what is sent now is done behind it.
  const uncovered = changes.flatMap(({ at, how }) => (how === "unmount" ? [at] : []));
  const [errors, { mounts, mounted, entries }] = await Promise.all([
    sent,
    scan(agent, site, uncovered.length > 0 ? { below: uncovered } : { at: [] }),
    known.renew(agent, site),
  ]);
  return { mounts, mounted, entries, uncovered, errors: [...left, ...errors.flat()] };
}

/** Takes away what a jail has mounted, and what would mount it again. */
export async function unmountAll(
  agent: Agent,
  site: Site,
  paths: readonly Bytes[],
  { principals, hasSystemd }: Observation,
): Promise<string[]> {
  const changes = [...paths].sort((one, other) => depthOf(other) - depthOf(one));
  if (paths.length > 0 && hasSystemd !== true) await writeFence(agent, site, fromWire(""));
  await removeFile(agent, fragmentPlace(site.root));
  const errors = await applyMounts(
    agent,
    site,
    // A file that a socket was bound on goes with what else was made.
    changes.map((at) => ({ at, how: "unmount", isOnOthers: true })),
    principals,
  );
  return [...errors, ...(paths.length > 0 ? await reloadUnits(agent) : [])];
}

/** Whether a bind shows its source: the same directory has both names. */
export function showsSource(root: string, { places }: Pick<FileFacts, "places">): (claim: MountClaim) => boolean {
  return ({ at, is }) => {
    if (is.type !== "bind") return false;
    const [source, here] = [places.get(is.source), places.get(onHost(bytesOf(root), at))];
    return source?.live !== undefined && source.live.inode === here?.live?.inode;
  };
}

/** Why something cannot be mounted. */
export function mountRefusals(
  { claims }: Mounting,
  { jail, intent }: Merged,
  observation: Observation,
  site: Site,
): Refusal[] {
  if (claims.length === 0) return [];
  const expectation = expected(intent);
  const args = (jail?.args ?? {}) as Partial<JailInputs>;
  return claims.flatMap(({ at, by: owner, is }) => {
    const source = is.type === "bind" ? observation.files?.places.get(is.source) : undefined;
    const why = [
      is.type === "bind" ? insideProblem(is, site.root) : undefined,
      is.type === "bind" && source ? (is.shows ? socketProblem : sourceText)(is.source, source) : undefined,
      placeProblem(at, claims, args, expectation, observation),
    ].find((text) => text !== undefined);
    return why === undefined ? [] : [{ owner, why: `nothing is mounted at ${show(at)}: ${why}` }];
  });
}

function insideProblem({ source, shows }: { source: Bytes; shows?: "socket" }, root: string): string | undefined {
  return sourceProblem(utf8Of(source), root, `a ${shows ?? "directory"}`);
}

function sourceText(
  path: Bytes,
  { live, unsafe }: NonNullable<ReturnType<FileFacts["places"]["get"]>>,
): string | undefined {
  const name = `its source ${show(path)}`;
  if (unsafe !== undefined) return `${name} ${unsafe}`;
  if (!live) return `${name} is not there: make it on the host, or correct the path`;
  if (live.type === "directory") return undefined;
  const remedy =
    live.type === "link" ? "declare the path that it points to" : "for a file there is JailFile, with hostFile";
  return `${name} is a ${live.type}: ${remedy}`;
}
