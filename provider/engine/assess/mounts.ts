import type { Agent } from "../../agent/channel/agent";
import { bootFacts } from "../../agent/requests/mounts";
import { registryName } from "../../agent/site";
import type { FileClaim } from "../../intent/file-claim";
import { onHost, textWish } from "../../intent/file-claim";
import type { HostLimit } from "../../intent/host-limit";
import type { Merged } from "../../intent/merge";
import type { MountClaim } from "../../intent/mount-claim";
import { type Bytes, bytesOf, show } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { FileFacts } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import type { BootFacts, Mounting } from "../../plan/contents/mounts";
import { fstabLines } from "../../render/host-files/mount-unit";
import type { HostAccess } from "./jail-context";
import { logSocketNeeds } from "./log-socket";
import { existsAtBoot, mountUnitFiles, tmpfilesFragmentFile } from "./mount-boot";

/** The mounts of a jail, as far as they are known before files are looked at. */
export interface Mounted extends Mounting {
  /** The files that mount it again when the host starts. */
  readonly files: readonly FileClaim[];
  /** Paths of the host that tell whether a bind shows its declared source. */
  readonly places: readonly Bytes[];
  readonly gaps: readonly HostLimit[];
}

/** The host's answers about mounts, asked for once, and only if a jail has any. */
export class KnownMounts {
  #boot: BootFacts | undefined;

  async with(
    { jail, intent }: Merged,
    durable: readonly MountClaim[],
    { records, mounted, entries, principals, filesystem, hasSystemd: isSystemd = false }: Observation,
    { site, use }: HostAccess,
  ): Promise<Mounted> {
    const none = { claims: [], departed: [], files: [], places: [], gaps: [] };
    if (!jail) return none;
    const by = jail.owner;
    const sockets = [jail.intent.logSocket?.mount ?? []].flat();
    const claims = [...durable, ...sockets];
    const atBoot = durable.filter(existsAtBoot);
    const hearing = logSocketNeeds(jail, records, mounted, site.root);
    const { mounts: before = [], created } = records.find(({ token }) => token === by.token) ?? {};
    const isOnOthers = (at: Bytes) => created?.file?.includes(show(at)) !== true;
    const isDeclared = (at: Bytes) => claims.some((claim) => claim.at === at);
    const departed = before.map(bytesOf).filter((at) => !isDeclared(at));
    const isInMemory = filesystem?.type === "tmpfs" || filesystem?.type === "ramfs";
    if (claims.length + before.length + hearing.places.length === 0 && !isInMemory) return none;
    if (!isSystemd && claims.length + before.length > 0) this.#boot ??= await use((agent) => bootFacts(agent));
    const boot = isSystemd ? undefined : this.#boot;
    const want =
      boot && fstabLines(atBoot, { name: registryName(site.root), root: site.root }, principals, boot.isSimple);
    const simple = atBoot.some(({ is }) => is.type === "bind" && is.readOnly) && boot?.isSimple === true;
    return {
      claims,
      departed: departed.filter((at) => mounted?.has(at)).map((at) => ({ at, by, isOnOthers: isOnOthers(at) })),
      ...(boot && want !== undefined ? { fence: { by, live: boot.fence, want } } : {}),
      ...hearing,
      files: [
        ...hearing.files,
        ...durable.flatMap((claim) => pointFile(claim, mounted?.has(claim.at), entries.get(claim.at))),
        ...(isSystemd
          ? [
              ...claims.filter(existsAtBoot).flatMap((claim) => mountUnitFiles(claim, site.root, principals)),
              ...(isInMemory ? [tmpfilesFragmentFile({ jail, intent }, claims, site.root, principals)] : []),
            ]
          : []),
      ],
      places: [
        ...hearing.places,
        ...claims.flatMap(({ at, is }) => (is.type === "bind" ? [is.source, onHost(bytesOf(site.root), at)] : [])),
      ],
      gaps: [
        ...(simple ? [{ problem: "fstab-bind-unmounted" } as const] : []),
        ...claims
          .filter((claim) => !existsAtBoot(claim) || (!isSystemd && sockets.includes(claim)))
          .map(({ at }) => ({ problem: "mount-lost-at-boot", at }) as const),
      ],
    };
  }

  /** Asks for the boot facts again, behind a change that was sent before. */
  async renew(agent: Agent): Promise<void> {
    if (this.#boot) this.#boot = await bootFacts(agent);
  }
}

/** Whether a bind shows its source: the same directory has both names. */
export function showsSource(root: string, { places }: Pick<FileFacts, "places">): (claim: MountClaim) => boolean {
  return ({ at, is }) => {
    if (is.type !== "bind") return false;
    const [source, here] = [places.get(is.source), places.get(onHost(bytesOf(root), at))];
    return source?.live !== undefined && source.live.inode === here?.live?.inode;
  };
}

/** The mount point of a file or a socket: the existing file, or else an empty one. A mount hides its mount point. */
function pointFile({ at, by, is, reason }: MountClaim, isMounted = false, live: Live | undefined): FileClaim[] {
  if (isMounted || is.type !== "bind" || is.shows === undefined) return [];
  return [{ at, by, reason, is: { type: "file", ...(live?.type === "file" ? {} : { content: textWish("") }) } }];
}
