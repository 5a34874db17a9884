import * as pulumi from "@pulumi/pulumi";
import { archiveWith, assetWith } from "../model/asset";
import { isUnknown, unknownValue } from "../model/unknown";

/** The fields of the SDK's assets and archives. */
interface Fields {
  readonly text?: Promise<string>;
  readonly path?: Promise<string>;
  readonly uri?: Promise<string>;
  readonly assets?: Promise<pulumi.asset.AssetMap>;
}

/**
 * An asset or archive as the engine will pass it. A field that is not known at the end of the turn, or fails, gets the mark for
 * unknown values.
 */
export async function plainSource(source: object, end: Promise<void>): Promise<object> {
  const { assets, ...fields } = source as Fields;
  const plain = Object.fromEntries(
    await Promise.all(
      (["text", "path", "uri"] as const)
        .filter((name) => fields[name] !== undefined)
        .map(async (name) => [name, await soon(fields[name], end)] as const),
    ),
  );
  if (pulumi.asset.Asset.isInstance(source)) return assetWith(plain);
  if (assets === undefined) return archiveWith(plain);
  const all = await soon(assets, end);
  if (isUnknown(all)) return archiveWith({ path: unknownValue });
  const entries = Object.entries(all as pulumi.asset.AssetMap).map(
    async ([name, each]) => [name, await plainSource(each, end)] as const,
  );
  return archiveWith({ assets: Object.fromEntries(await Promise.all(entries)) });
}

function soon(value: unknown, end: Promise<void>): Promise<unknown> {
  return Promise.race([value, end.then(() => unknownValue)]).catch(() => unknownValue);
}
