import type { Agent } from "../agent/agent";
import type { Use } from "../agent/asking";
import { neighboursOf } from "../agent/neighbours";
import { registryName, type Site } from "../agent/site";
import { formatOwner, type Owner } from "../intent/claim";
import type { Declaration, RegistryRecord } from "../intent/declaration";
import { type FileClaim, isOnHost } from "../intent/file-claim";
import { merge, type Refusal } from "../intent/merge";
import { bytesOf, show } from "../model/bytes";
import { kinds } from "../resources/kinds";
import { jailsBeside } from "./beside";
import { launchPlaces } from "./launches";

/** What a resource of another jail puts at a place of the host. */
export interface Neighbour {
  /** Of the other jail. */
  readonly root: string;
  readonly claim: FileClaim;
}

/** Who looks: a jail, for a stack (undefined in a refresh), on a machine. */
interface Looking {
  readonly site: Site;
  readonly stack: string | undefined;
  readonly machineId: string;
}

/** All that a resource puts into its jail and onto its host, wherever its content comes from. */
export function placesOf(declaration: Declaration, root: string): FileClaim[] {
  return [...(kinds.get(declaration.kind)?.files?.(declaration, { root }) ?? []), ...launchPlaces(declaration)];
}

/** What is put on a host by resources of other jails than this one: by their records, and by what the program says. */
export async function neighbours(agent: Agent, { site, stack, machineId }: Looking): Promise<Neighbour[]> {
  const registries = await neighboursOf(agent, site);
  const told = new Map(jailsBeside(site).map((jail) => [registryName(jail.site.root), jail]));
  const names = [...new Set([...registries.keys(), ...told.keys()])].filter((name) => name !== registryName(site.root));
  return names.flatMap((name) => {
    const jail = told.get(name);
    const view = jail?.program.view();
    const program = { declarations: [], departed: new Set<string>(), ...view, stack: view?.stack ?? stack };
    // A record of another machine came with a copy of its disk.
    const records = (registries.get(name) ?? []).filter(({ machine }: RegistryRecord) => machine === machineId);
    const { declarations, jail: declared } = merge(program, records, kinds);
    const root = jail?.site.root ?? String(declared?.args["root"] ?? name);
    const claims = declarations.flatMap((one) => placesOf(one, root)).filter(({ at }) => isOnHost(at));
    return claims.map((claim) => ({ root, claim }));
  });
}

/** What other jails put on a host, asked for once. */
export class KnownNeighbours {
  #known: readonly Neighbour[] | undefined;

  /** Why something cannot be put on the host: two jails would overwrite each other's for ever. */
  async refusals(looking: Looking, claims: readonly FileClaim[], use: Use): Promise<Refusal[]> {
    const own = claims.filter(({ at }) => isOnHost(at));
    if (own.length === 0) return [];
    this.#known ??= await use((agent) => neighbours(agent, looking));
    const beside = this.#known;
    return own.flatMap(({ at, by }) =>
      beside
        .filter(({ claim }) => claim.at === at && !isMoved(claim.by, by))
        .map(({ root, claim }) => ({
          owner: by,
          why: `${formatOwner(claim.by)} puts ${show(at)} there too, for the jail ${show(bytesOf(root))}: give one of the two another path, or remove it`,
        })),
    );
  }
}

/** A resource that goes from one jail to another is in both for a while. */
function isMoved(one: Owner, other: Owner): boolean {
  return one.label === other.label && one.stack === other.stack;
}
