import { withPlainSecrets } from "../model/state-secret";
import { stackOf } from "../model/urn";
import { isMap, type Values } from "../model/values";
import { configuredConnection, withDefaultConnection } from "../resources/default-connection";
import { fleetHosts } from "./fleet-host";

/** A resource as the state of a stack declares it. */
export interface StatedResource {
  readonly urn: string;
  /** The name of its kind, such as `Jail`; a later release may have other kinds. */
  readonly kind: string;
  /** Its inputs, under the names that they have in the state. A value that is only there encrypted is unknown. */
  readonly inputs: Values;
  /** The operation on it that was cut short, such as `creating`. */
  readonly cutShort?: string;
  /** The name of its host in its JailFleet. */
  readonly fleetHost?: string;
  /** The state does not have it yet: its creation was cut short. */
  readonly isPending?: true;
}

/** The state of a stack, as far as a look for drift needs it. It has secrets in it, which must stay in memory. */
export interface StackState {
  /** `project/stack`; where no resource tells that, the name by which it was read. */
  readonly name: string;
  readonly resources: readonly StatedResource[];
  /** The unit of a rollout that the stack is. */
  readonly unit?: string;
  /** Why the state could not be read; it has no resources then. */
  readonly unread?: string;
}

/** The newest form of an export that this release knows: `version` in its text. */
const newestVersion = 4;

/** Reads what `pulumi stack export` prints. */
export function stackStateOf(name: string, text: string): StackState {
  try {
    const resources = resourcesIn(JSON.parse(text));
    const [first] = resources;
    return { name: first ? stackOf(first.urn) : name, resources };
  } catch (error) {
    // An error of JSON.parse quotes the text, which may have secrets in it.
    return unreadState(name, error instanceof SyntaxError ? "it is no JSON" : (error as Error).message);
  }
}

/** A stack whose state is not known: its jails are not checked. */
export function unreadState(name: string, why: string): StackState {
  return { name, resources: [], unread: `the state of ${name} cannot be read: ${why}` };
}

function resourcesIn(document: unknown): StatedResource[] {
  if (!isMap(document) || !("deployment" in document)) throw new Error("it is not what `pulumi stack export` prints");
  const { version, deployment } = document;
  if (typeof version === "number" && version > newestVersion)
    throw new Error(`its export has version ${version}, and this release knows ${newestVersion}: update pulumi-chroot`);
  if (!isMap(deployment)) return [];
  if (!Array.isArray(deployment["resources"] ?? [])) throw new Error("its resources are no list");
  const cutShort = new Map(
    maps(deployment["pending_operations"]).map(({ resource, type }) => {
      const stored = isMap(resource) ? resource : {};
      return [String(stored["urn"]), { stored, type: String(type) }] as const;
    }),
  );
  const all = maps(deployment["resources"]);
  // A resource that its successor has replaced is there twice until it is deleted.
  const stored = all.filter((one) => one["delete"] !== true && isOurs(one));
  const connectionOf = providerConnections(all);
  const known = stored.map((one) => stated(one, connectionOf(one), cutShort.get(String(one["urn"]))?.type));
  const urns = new Set(known.map(({ urn }) => urn));
  const created = [...cutShort.values()].filter(({ stored: one }) => isOurs(one) && !urns.has(String(one["urn"])));
  const pending = created.map(({ stored: one, type }) => ({
    ...stated(one, connectionOf(one), type),
    isPending: true as const,
  }));
  const fleetHostOf = fleetHosts([...all, ...created.map(({ stored: one }) => one)]);
  return [...known, ...pending].map((one) => {
    const fleetHost = fleetHostOf(one.urn);
    return { ...one, ...(fleetHost === undefined ? {} : { fleetHost }) };
  });
}

function maps(list: unknown): Values[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** Types begin with it: those of the dynamic resources of TypeScript programs, and those of the plugin for other languages. */
const [dynamicPrefix, pluginPrefix] = ["pulumi-nodejs:dynamic/chroot:", "chroot:index:"];

function isOurs({ type, custom, inputs }: Values): boolean {
  const provider = isMap(inputs) ? withPlainSecrets(inputs["__provider"]) : undefined;
  const [isDynamic, isOfPlugin] = [dynamicPrefix, pluginPrefix].map((prefix) => String(type).startsWith(prefix));
  // A gate between the waves of a fleet is on no host.
  if (kindOf(type) === "Gate") return false;
  if (isDynamic) return String(provider).includes("pulumi-chroot/lifecycle");
  // A component has no inputs of its own.
  return isOfPlugin === true && custom === true;
}

function kindOf(type: unknown): string {
  return String(type).split(":").at(-1) ?? "";
}

/** The connection in the configuration of the provider of a resource: the resource may have none of its own. */
function providerConnections(resources: readonly Values[]): (resource: Values) => unknown {
  const connections = new Map(
    resources
      .filter(({ type }) => type === "pulumi:providers:chroot")
      .map(({ urn, id, inputs }) => [
        `${urn}::${id}`,
        configuredConnection(isMap(inputs) ? (withPlainSecrets(inputs) as Values) : {}),
      ]),
  );
  return ({ provider }) => connections.get(String(provider));
}

function stated({ urn, type, inputs }: Values, connection: unknown, cutShort: string | undefined): StatedResource {
  return {
    urn: String(urn),
    kind: kindOf(type),
    inputs: withDefaultConnection(kindOf(type), withPlainSecrets(inputs) as Values, connection),
    ...(cutShort === undefined ? {} : { cutShort }),
  };
}
