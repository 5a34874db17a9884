import type { Engine } from "../engine/engine";
import { registeredRecord } from "../engine/session/registered-record";
import { type Connection, formatHost } from "../model/connection";
import type { Values } from "../model/values";
import { hiddenInputs } from "../resources/hidden-inputs";
import type { ResourceKind } from "../resources/kind";
import { readImportId } from "./import-id";

/**
 * The id and the properties of a resource as the registry of its host has them, for `pulumi import`. The host is reached over the
 * provider's connection, which is in no property; without one the id has all that a property may say of it.
 */
export async function importedResource(
  engine: Engine,
  kind: ResourceKind,
  id: string,
  configured: unknown,
): Promise<{ id: string; props: Values }> {
  const { connection, root, place } = readImportId(id);
  const site = engine.siteAt({ connection: (configured as Connection | undefined) ?? connection, root });
  const [where, named] = [formatHost(site.connection), formatHost(engine.siteAt({ connection, root }).connection)];
  if (where !== named) throw new Error(`the id names ${named}, and the provider's connection is to ${where}`);
  const { token, args } = await registeredRecord(engine.session(site), kind, place);
  const at = configured === undefined ? { connection, root } : { root };
  return { id: token, props: { ...args, ...(kind.declaresJail ? at : { jail: at }), [hiddenInputs.token]: token } };
}
