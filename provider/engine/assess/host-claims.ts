import type { Agent } from "../../agent/channel/agent";
import type { Use } from "../../agent/channel/lease";
import { registryName } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import { merge } from "../../intent/merge";
import type { Owner } from "../../intent/owner";
import type { RegistryRecord } from "../../intent/registry-record";
import { kinds } from "../../resources/kinds";
import type { JailContext } from "./jail-context";
import { launchFilePlaces } from "./launches";
import { readableRegistries } from "./readable-registries";

/** A claim of another jail's resource on a path of the host. */
export interface HostClaim {
  /** The root of the other jail. */
  readonly root: string;
  readonly claim: FileClaim;
}

/** The jail that asks, with its stack (undefined in a refresh) and machine. */
interface Looking extends Pick<JailContext, "site" | "otherJails"> {
  readonly stack: string | undefined;
  readonly machineId: string;
}

/** All that a resource puts into its jail and onto its host, wherever its content comes from. */
export function declaredFiles(declaration: Declaration, root: string): FileClaim[] {
  return [...(kinds.get(declaration.kind)?.files?.(declaration, { root }) ?? []), ...launchFilePlaces(declaration)];
}

/** The host files of other jails' resources: by their records, and by the declarations of this program. */
export async function hostClaimsOfOthers(
  agent: Agent,
  { site, stack, machineId, otherJails }: Looking,
): Promise<HostClaim[]> {
  const registries = await readableRegistries(agent);
  const declaredJails = new Map(otherJails().map((jail) => [registryName(jail.root), jail]));
  const names = [...new Set([...registries.keys(), ...declaredJails.keys()])].filter(
    (name) => name !== registryName(site.root),
  );
  return names.flatMap((name) => {
    const jail = declaredJails.get(name);
    const program = {
      declarations: [],
      departed: new Set<string>(),
      ...jail?.program,
      stack: jail?.program.stack ?? stack,
    };
    // A record of another machine came with a copy of its disk.
    const records = (registries.get(name) ?? []).filter(({ machine }: RegistryRecord) => machine === machineId);
    const { declarations, jail: declared } = merge(program, records, kinds);
    const root = jail?.root ?? declared?.intent.root ?? name;
    const claims = declarations
      .flatMap((declaration) => declaredFiles(declaration, root))
      .filter(({ at }) => isOnHost(at));
    return claims.map((claim) => ({ root, claim }));
  });
}

/** The host files of other jails, asked for once. */
export class KnownHostClaims {
  #known: readonly HostClaim[] | undefined;

  /** Why something cannot be put on the host: two jails would overwrite each other's for ever. */
  async refusals(looking: Looking, claims: readonly FileClaim[], use: Use): Promise<Finding[]> {
    const own = claims.filter(({ at }) => isOnHost(at));
    if (own.length === 0) return [];
    this.#known ??= await use((agent) => hostClaimsOfOthers(agent, looking));
    const beside = this.#known;
    return own.flatMap(({ at, by }) =>
      beside
        .filter(({ claim }) => claim.at === at && !isMoved(claim.by, by))
        .map(({ root, claim }) => finding("host-place-shared", { rival: claim.by, root }, { at, by })),
    );
  }
}

/** A resource that moves from one jail to another is declared in both for a while. */
function isMoved(one: Owner, other: Owner): boolean {
  return one.label === other.label && one.stack === other.stack;
}
