import { outputProperties } from "./output-type";
import { describedIn } from "./sources";
import { type ObjectSpec, type PropertySpec, type ResourceSpec, type Types, tokenOf } from "./types";

type Described = ReturnType<Types["object"]>;

const file = "provider/resources/jail-bundle/resource.ts";

/** The maps of a JailBundle: the kind of their resources, and the name of an object in them. */
const maps: Readonly<Record<string, { readonly kind: string; readonly name: string }>> = {
  rules: { kind: "PermissionRule", name: "BundleRule" },
  files: { kind: "JailFile", name: "BundleFile" },
  wrappers: { kind: "Wrapper", name: "BundleWrapper" },
};

/** The types that a TypeScript program writes by the classes' own arguments. */
export const bundleTypes: readonly string[] = Object.values(maps).map(({ name }) => name);

/** The object in a JailBundle's map for a kind of resource, with its name. */
export function bundleMember(kind: string, { properties, required, ...spec }: Described): [string, ObjectSpec] {
  const own = Object.fromEntries(Object.entries(properties).filter(([key]) => key !== "jail"));
  const name = Object.values(maps).find((one) => one.kind === kind)?.name ?? kind;
  return [name, { ...spec, properties: own, required: required.filter((key) => key !== "jail") }];
}

/** The component: the arguments of its Jail, and maps of the resources in it. */
export function bundleSpec({ properties, required }: Described): ResourceSpec {
  const { description, members } = describedIn(file, "JailBundle");
  const { members: more } = describedIn(file, "JailBundleArgs");
  const inputs = [...more].map(([key, { description }]): [string, PropertySpec] => {
    const { name } = maps[key] ?? {};
    if (name === undefined) throw new Error(`JailBundleArgs: scripts/schema/bundle.ts has no type for ${key}`);
    return [key, { type: "object", additionalProperties: { $ref: `#/types/${tokenOf(name)}` }, description }];
  });
  const outputs = outputProperties(members);
  return {
    description,
    isComponent: true,
    properties: outputs,
    required: Object.keys(outputs),
    inputProperties: { ...properties, ...Object.fromEntries(inputs) },
    // The provider's configuration may have it.
    requiredInputs: required.filter((key) => key !== "connection"),
  };
}
