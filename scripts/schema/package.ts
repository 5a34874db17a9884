import { readFileSync } from "node:fs";
import { join } from "node:path";
import { becomeArgs, connectionArgs, proxyArgs, secretConnectionKeys } from "../../provider/model/connection";
import { assetField } from "../../provider/resources/fields";
import { accountsArgs, jailUserArgs } from "../../provider/resources/jail/accounts";
import { jailArgs } from "../../provider/resources/jail/args";
import { baselineArgs } from "../../provider/resources/jail/baseline";
import { deviceArgs } from "../../provider/resources/jail/devices";
import { caBundleArgs, hostFilesArgs } from "../../provider/resources/jail/host-files";
import { jailKind } from "../../provider/resources/jail/kind";
import { logSocketArgs } from "../../provider/resources/jail/log-socket";
import { mountArgs } from "../../provider/resources/jail/mounts";
import { jailFileArgs } from "../../provider/resources/jail-file/args";
import { jailFileKind } from "../../provider/resources/jail-file/kind";
import { jailReferenceArgs } from "../../provider/resources/jail-reference";
import type { ResourceKind } from "../../provider/resources/kind";
import { permissionRuleArgs } from "../../provider/resources/permission-rule/args";
import { permissionRuleKind } from "../../provider/resources/permission-rule/kind";
import { limitsArgs, wrapperArgs } from "../../provider/resources/wrapper/args";
import { wrapperKind } from "../../provider/resources/wrapper/kind";
import { bundleMember, bundleSpec } from "./bundle";
import { fleetObjects, fleetSpec } from "./fleet";
import { outputProperties } from "./output-type";
import { checkout, type Described, describedIn } from "./sources";
import { type Model, type ObjectSpec, type PropertySpec, type ResourceSpec, Types, tokenOf } from "./types";

/** The parts of the package schema that the interfaces and the reference are made of. */
interface PackageSchema {
  readonly types: Readonly<Record<string, ObjectSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
}

const jailFile = "provider/resources/jail";
const ruleFile = "provider/resources/permission-rule";

/** Objects that get a name in every language. */
const named: Readonly<Record<string, Model>> = {
  Connection: model(connectionArgs, "provider/model/connection.ts", "connectionArgs"),
  ProxyConnection: model(proxyArgs, "provider/model/connection.ts", "proxyArgs"),
  Become: model(becomeArgs, "provider/model/connection.ts", "becomeArgs"),
  Limits: model(limitsArgs, "provider/resources/wrapper/args.ts", "limitsArgs"),
  Baseline: model(baselineArgs, `${jailFile}/baseline.ts`, "baselineArgs"),
  Device: model(deviceArgs, `${jailFile}/devices.ts`, "deviceArgs"),
  Mount: model(mountArgs, `${jailFile}/mounts.ts`, "mountArgs"),
  LogSocket: model(logSocketArgs, `${jailFile}/log-socket.ts`, "logSocketArgs"),
  Accounts: model(accountsArgs, `${jailFile}/accounts.ts`, "accountsArgs"),
  JailUser: model(jailUserArgs, `${jailFile}/accounts.ts`, "jailUserArgs"),
  HostFiles: model(hostFilesArgs, `${jailFile}/host-files.ts`, "hostFilesArgs"),
  CaBundle: model(caBundleArgs, `${jailFile}/host-files.ts`, "caBundleArgs"),
  JailReference: model(jailReferenceArgs, "provider/resources/jail-reference.ts", "jailReferenceArgs"),
};

const jail = model(jailArgs, `${jailFile}/args.ts`, "jailArgs");

const resources = [
  { kind: jailKind, args: jail, file: `${jailFile}/resource.ts` },
  {
    kind: jailFileKind,
    args: model(jailFileArgs, "provider/resources/jail-file/args.ts", "jailFileArgs"),
    file: "provider/resources/jail-file/resource.ts",
  },
  {
    kind: permissionRuleKind,
    args: model(permissionRuleArgs, `${ruleFile}/args.ts`, "permissionRuleArgs"),
    file: `${ruleFile}/resource.ts`,
  },
  {
    kind: wrapperKind,
    args: model(wrapperArgs, "provider/resources/wrapper/args.ts", "wrapperArgs"),
    file: "provider/resources/wrapper/resource.ts",
  },
];

/** The models of all named objects and of the resources' arguments, by the name of the object or resource. */
export const models: ReadonlyMap<string, Model> = new Map([
  ...Object.entries(named),
  ...resources.map(({ kind, args }) => [kind.name, args] as const),
]);

const defaultConnection: PropertySpec = {
  $ref: `#/types/${tokenOf("Connection")}`,
  description: "How the host is reached, for each resource without a `connection` of its own. Default: none.",
};

/** The names that generated SDKs have. The one for Node.js must not overwrite this npm package, whose plugin it needs. */
const language = {
  nodejs: { packageName: "pulumi-chroot-plugin", respectSchemaVersion: true },
  python: {
    packageName: "pulumi_chroot",
    inputTypes: "classes-and-dicts",
    pyproject: { enabled: true },
    respectSchemaVersion: true,
  },
  go: { importBasePath: "github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot", respectSchemaVersion: true },
};

/** Builds the package schema from the zod models and their TSDoc. */
export function packageSchema(): PackageSchema {
  const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const types = new Types(named, assetField);
  const objects = Object.entries(named).map(([name, of]) => [name, withFlags(name, types.object(of))] as const);
  const specs = resources.map(({ kind, args, file }) => [
    tokenOf(kind.name),
    resource(types, kind, args, describedIn(file, kind.name)),
  ]);
  const members = resources
    .filter(({ kind }) => !kind.declaresJail)
    .map(({ kind, args }) => bundleMember(kind.name, types.object(args)));
  const bundle = bundleSpec(types.object(jail));
  const ofObjects: Record<string, ObjectSpec> = Object.fromEntries([...objects, ...members]);
  const connection = ofObjects["Connection"];
  if (!connection) throw new Error("the schema has no type Connection");
  const all: Record<string, ObjectSpec> = {
    ...ofObjects,
    ...Object.fromEntries(fleetObjects(connection, bundle)),
    ...types.enumerations(),
  };
  const schema = {
    name: "chroot",
    displayName: "Chroot",
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    license: manifest.license,
    repository: manifest.repository.url.replace(/^git\+|\.git$/g, ""),
    publisher: "pulumi-chroot",
    language,
    config: { variables: { connection: defaultConnection } },
    provider: {
      description: "The connection of jails and resources that have none of their own.",
      inputProperties: { connection: defaultConnection },
    },
    types: Object.fromEntries(Object.entries(all).map(([name, spec]) => [tokenOf(name), spec])),
    resources: Object.fromEntries([...specs, [tokenOf("JailBundle"), bundle], [tokenOf("JailFleet"), fleetSpec()]]),
  };
  return schema;
}

function model(schema: Model["schema"], file: string, constant: string): Model {
  return { schema, doc: describedIn(file, constant) };
}

function withFlags(name: string, spec: ReturnType<Types["object"]>): ObjectSpec {
  const properties = mark(spec.properties, secretConnectionKeys, "secret");
  return {
    ...spec,
    properties: name === "JailReference" ? mark(properties, ["root"], "replaceOnChanges") : properties,
  };
}

function resource(types: Types, kind: ResourceKind, args: Model, { description, members }: Described): ResourceSpec {
  const { properties: inputs, required } = types.object(args);
  const outputs = outputProperties([...members].filter(([key]) => !(key in inputs)));
  const properties = { ...inputs, ...outputs };
  return {
    description,
    // A stack may move from dynamic resources.
    aliases: [{ type: `pulumi-nodejs:dynamic/chroot:${kind.name}` }],
    properties: mark(properties, replacing(kind, inputs), "replaceOnChanges"),
    required: [...required, ...Object.keys(outputs)],
    inputProperties: mark(inputs, replacing(kind, inputs), "willReplaceOnChanges"),
    requiredInputs: required,
  };
}

/**
 * Changes every argument that names a place and asks the kind which of them replace the resource. A reference to a jail gets
 * the flag on its root only, because a changed connection replaces nothing.
 */
function replacing(kind: ResourceKind, inputs: Readonly<Record<string, PropertySpec>>): string[] {
  const at = (root: string) => ({ root, path: root, jail: { root } });
  return kind.replacedBy(at("/one"), at("/other")).filter((key) => inputs[key]?.$ref === undefined);
}

function mark(
  properties: Readonly<Record<string, PropertySpec>>,
  keys: readonly string[],
  flag: "replaceOnChanges" | "willReplaceOnChanges" | "secret",
): Record<string, PropertySpec> {
  const marked = Object.entries(properties).map(([key, spec]) => [
    key,
    keys.includes(key) ? { ...spec, [flag]: true } : spec,
  ]);
  return Object.fromEntries(marked);
}
