import * as pulumi from "@pulumi/pulumi";
import { sdkModule } from "../dynamic/sdk-module";
import { archiveMark, assetMark, markOf, outputMark, secretMark } from "../model/envelope";
import { isUnknown } from "../model/unknown";
import { isMap, type Values } from "../model/values";

/**
 * The inputs of a component as its class takes them. The SDK's own reader makes one Output of a whole map as soon as one value in
 * it is a secret; here each value is what the program gave, so that the rules of a jail are known at once.
 */
export function componentInputs(values: Values): pulumi.Inputs {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, inputOf(value)]));
}

function inputOf(value: unknown): unknown {
  if (isUnknown(value)) return output({ isKnown: false });
  if (Array.isArray(value)) return value.map(inputOf);
  if (!isMap(value)) return value;
  if (markOf(value) === secretMark) return pulumi.secret(inputOf(value["value"]));
  if (markOf(value) === outputMark) return outputOf(value);
  if (markOf(value) === assetMark) return assetOf(value);
  if (markOf(value) === archiveMark) return archiveOf(value);
  return componentInputs(value);
}

function outputOf(envelope: Values): unknown {
  const { value, secret = false, dependencies = [] } = envelope;
  const isKnown = value !== undefined && !isUnknown(value);
  const urns = dependencies as string[];
  if (isKnown && secret === false && urns.length === 0) return inputOf(value);
  return output({ value: inputOf(value), isKnown, isSecret: secret === true, urns });
}

/** An Output with the dependencies that the engine tells; the SDK has a constructor for them, and no function. */
function output(of: { value?: unknown; isKnown: boolean; isSecret?: boolean; urns?: readonly string[] }): unknown {
  const { value, isKnown, isSecret = false, urns = [] } = of;
  const { DependencyResource } = sdkModule<{ DependencyResource: new (urn: string) => pulumi.Resource }>(
    "@pulumi/pulumi/resource",
  );
  const Output = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<unknown>;
  const resources = new Set(urns.map((urn) => new DependencyResource(urn)));
  const settle = <T>(one: T) => Promise.resolve(one);
  const made = new Output(resources, settle(undefined), settle(isKnown), settle(isSecret), settle(resources));
  // The value may hold Outputs of its own.
  return isKnown ? pulumi.all([made, pulumi.output(value)]).apply(([, inner]) => inner) : made;
}

function assetOf({ text, path, uri }: Values): pulumi.asset.Asset {
  if (typeof path === "string" && path !== "") return new pulumi.asset.FileAsset(path);
  if (typeof uri === "string" && uri !== "") return new pulumi.asset.RemoteAsset(uri);
  return new pulumi.asset.StringAsset(String(text ?? ""));
}

function archiveOf({ assets, path, uri }: Values): pulumi.asset.Archive {
  if (typeof path === "string" && path !== "") return new pulumi.asset.FileArchive(path);
  if (typeof uri === "string" && uri !== "") return new pulumi.asset.RemoteArchive(uri);
  return new pulumi.asset.AssetArchive(componentInputs(isMap(assets) ? assets : {}) as pulumi.asset.AssetMap);
}
