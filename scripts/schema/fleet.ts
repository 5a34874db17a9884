import { type InterfaceMember, interfaceMembers } from "./interface-sections";
import { outputProperties } from "./output-type";
import { describedIn } from "./sources";
import { type ObjectSpec, type PropertySpec, type ResourceSpec, type TypeSpec, tokenOf } from "./types";

const classFile = "provider/resources/jail-fleet/resource.ts";
const argumentsFile = "provider/plugin/fleet-of-jails.ts";

/** The interfaces of a fleet that are data, by the names of their types; the resource of a gate has the name Gate already. */
const objects: Readonly<Record<string, { readonly of: string; readonly description: string }>> = {
  FleetWave: {
    of: "FleetWave",
    description:
      "A wave of a `JailFleet`. It starts when all hosts of the wave before it are done, and the gates of that wave are open.",
  },
  FleetGate: { of: "GateDeclaration", description: "A check that a wave has to pass before the next wave starts." },
  TcpCheck: { of: "TcpCheck", description: "A TCP port accepts a connection." },
  DnsCheck: { of: "DnsCheck", description: "A name server answers the question with at least one record." },
  HttpCheck: { of: "HttpCheck", description: "A web server answers a GET." },
};

const labels: TypeSpec = {
  type: "object",
  additionalProperties: { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
};

/** The types of properties, as their source spells them. */
const propertyTypes: Readonly<Record<string, TypeSpec>> = {
  string: { type: "string" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  true: { type: "boolean" },
  DnsType: { type: "string" },
  Share: { oneOf: [{ type: "number" }, { type: "string" }] },
  Labels: labels,
  TcpCheck: refTo("TcpCheck"),
  DnsCheck: refTo("DnsCheck"),
  HttpCheck: refTo("HttpCheck"),
  "readonly (GateDeclaration | GateFunction)[]": { type: "array", items: refTo("FleetGate") },
};

/** The types that a TypeScript program writes by the interfaces of `JailFleet`. */
export const fleetTypes: readonly string[] = ["FleetConnection", "FleetJail", ...Object.keys(objects)];

/** The objects of a fleet: those of its interfaces, a connection with labels, and a bundle without a connection. */
export function fleetObjects(connection: ObjectSpec, bundle: ResourceSpec): [string, ObjectSpec][] {
  const { connection: _, ...jail } = bundle.inputProperties;
  const ofInterfaces = Object.entries(objects).map(([name, { of, description }]): [string, ObjectSpec] => {
    const members = interfaceMembers(of);
    const required = members.filter(({ presence }) => presence === "required").map(({ key }) => key);
    return [name, { description, type: "object", properties: propertiesOf(members), required }];
  });
  const label = interfaceMembers("FleetConnection").filter(({ key }) => key === "labels");
  return [
    [
      "FleetConnection",
      {
        ...connection,
        description: "The connection to a host of a fleet, with its labels.",
        properties: { ...connection.properties, ...propertiesOf(label) },
      },
    ],
    [
      "FleetJail",
      {
        description: "A jail on each host of a fleet: a `JailBundle` without a connection.",
        type: "object",
        properties: jail,
        required: bundle.requiredInputs,
      },
    ],
    ...ofInterfaces,
  ];
}

/** The component for programs in languages that can give the plugin no functions. */
export function fleetSpec(): ResourceSpec {
  const { description, members } = describedIn(classFile, "JailFleet");
  const shared = new Map(interfaceMembers("JailFleet").map(({ key, member }) => [key, member]));
  const jails = describedIn(argumentsFile, "FleetOfJailsArgs").members.get("jails");
  const textOf = (key: string) => (key === "jails" ? jails : shared.get(key))?.description ?? "";
  const outputs = outputProperties(members);
  return {
    description,
    isComponent: true,
    properties: outputs,
    required: Object.keys(outputs),
    inputProperties: {
      hosts: { type: "object", additionalProperties: refTo("FleetConnection"), description: textOf("hosts") },
      waves: { type: "array", items: refTo("FleetWave"), description: textOf("waves") },
      jails: { type: "object", additionalProperties: refTo("FleetJail"), description: textOf("jails") },
    },
    requiredInputs: ["hosts", "waves", "jails"],
  };
}

function propertiesOf(members: readonly InterfaceMember[]): Record<string, PropertySpec> {
  return Object.fromEntries(
    members.map(({ key, member, node }) => {
      const text = node.type?.getText() ?? "";
      const type = propertyTypes[text];
      if (!type) throw new Error(`${key}: no Pulumi type for ${text}; add it to scripts/schema/fleet.ts`);
      return [key, { ...type, description: member.description }];
    }),
  );
}

function refTo(name: string): TypeSpec {
  return { $ref: `#/types/${tokenOf(name)}` };
}
