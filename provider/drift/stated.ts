import type { Site } from "../agent/site";
import { type Archive, isArchive } from "../model/asset";
import { hasUnknown } from "../model/unknown";
import { labelOf } from "../model/urn";
import { isMap, omit, type Values } from "../model/values";
import { withPlainNames } from "../resources/hidden-inputs";
import { jailReferenceArgs } from "../resources/jail-reference";
import type { ResourceKind } from "../resources/kind";
import { kinds } from "../resources/kinds";
import type { StatedResource } from "./stack-state";

/** A resource of a state, as the verbs of its kind take it. */
export interface Known {
  readonly kind: ResourceKind;
  readonly urn: string;
  readonly label: string;
  /** Its inputs, under the names that they have in the state. */
  readonly stored: Values;
  /** The inputs that its unchanged program would give. */
  readonly news: Values;
  /** The same under their plain names. */
  readonly plain: Values;
  readonly site: Site;
  /** Why a comparison would not be, or is not, the whole one. */
  readonly unknown: readonly string[];
  /** There is nothing of it that could be compared. */
  readonly isUnfit: boolean;
}

/** Reads a resource of a state; or gives why its jail cannot be looked at. */
export function knownOf(resource: StatedResource): Known | { readonly why: string } {
  const { urn, inputs, cutShort, isPending } = resource;
  const label = labelOf(urn);
  const kind = kinds.get(resource.kind);
  if (!kind) return { why: `${label} is of a kind that this release does not know: update pulumi-chroot` };
  const stored = withKnownSource(inputs);
  const plain = withPlainNames(stored);
  const place: unknown = kind.site(plain);
  const site = isMap(place)
    ? jailReferenceArgs.safeParse({ connection: place["connection"], root: place["root"] })
    : undefined;
  if (!site?.success) return { why: `the state does not tell where the jail of ${label} is: bring the stack up` };
  const isEncrypted = hasUnknown(stored);
  const cut = cutShort === undefined ? [] : [`an operation on it was cut short (${cutShort}): bring the stack up`];
  const encrypted = isEncrypted ? ["a secret of it is encrypted: export the stack with --show-secrets"] : [];
  const archived = stored === inputs ? [] : ["the state has no checksum of its file in the archive: preview the stack"];
  return {
    kind,
    urn,
    label,
    stored,
    news: omit(stored, ["token", "__token", "drift"]),
    plain,
    site: site.data,
    unknown: [...cut, ...encrypted, ...archived],
    isUnfit: isEncrypted || isPending === true,
  };
}

/** The host of a resource as its connection names it, with a port that is not 22. */
export function addressOf({ inputs, urn }: StatedResource): string {
  const { connection, jail } = withPlainNames(inputs);
  const { host, port = 22 } = (connection ?? (isMap(jail) ? jail["connection"] : undefined) ?? {}) as Values;
  if (typeof host !== "string" || hasUnknown(host)) return labelOf(urn);
  return port === 22 ? host : `${host}:${port}`;
}

/**
 * The state has a checksum of each asset, and one of a packed archive or a directory as a whole: that archive may be another one
 * on this machine by now.
 */
function withKnownSource(inputs: Values): Values {
  const { source, entry } = inputs;
  if (!isArchive(source) || !isInWholeArchive(source, String(entry))) return inputs;
  return { ...inputs, source: omit(source as Values, ["path", "uri", "assets"]) };
}

/** Whether an entry is in an archive, or in one inside it, of which the state has one checksum alone. */
function isInWholeArchive({ assets }: Archive, entry: string): boolean {
  if (!assets) return true;
  const [first = "", ...rest] = entry.split("/");
  const found = assets[entry] ?? assets[first];
  return isArchive(found) && isInWholeArchive(found, rest.join("/"));
}
