import * as pulumi from "@pulumi/pulumi";
import { digestOf } from "../../model/digest";
import { isMap } from "../../model/values";
import { hiddenInputs } from "../hidden-inputs";
import { type KnownValue, knownValue, outputsOf } from "./known-value";
import type { FleetMember } from "./member";

/** The changes of a wave as its gates are told of them. */
interface Changes {
  /** Differs whenever something in the wave has changed. */
  readonly digest: pulumi.Output<string>;
  /** When a resource of this package was changed last: ISO 8601, UTC; empty where no state says so. */
  readonly last: Promise<string>;
}

/** Outputs of ours that never say that something has changed: the connection is only the way to it, and may hold keys. */
const leftOut = ["urn", "connection", "jail", "turn"];

/** A digest over the outputs of a wave's resources. A preview gives another one where a resource is about to change. */
export function changesOf(members: readonly FleetMember[]): Changes {
  const found = Promise.all(members.map(memberValues));
  const digest = found.then((values) => {
    const all = values.flat();
    if (all.some(({ value }) => value.is === "unknown")) return pulumi.output(pulumi.unknown as unknown as string);
    const text = digestOf(JSON.stringify([members.map(({ host }) => host.name), all.map(textOf)])).sha256.slice(0, 16);
    // A foreign resource's secret must not be guessed from a digest.
    return all.some(({ value }) => value.is === "known" && value.isSecret) ? pulumi.secret(text) : pulumi.output(text);
  });
  return { digest: pulumi.output(digest), last: found.then((values) => latest(values.flat())) };
}

interface Named {
  readonly name: string;
  readonly value: KnownValue;
}

async function memberValues({ host, resources, returned }: FleetMember): Promise<Named[]> {
  const others = returned === undefined ? [] : [await named(`${host.name} returned`, returned)];
  const values = await Promise.all([...resources].map(resourceValues));
  return [...values.flat(), ...others];
}

async function resourceValues(resource: pulumi.Resource): Promise<Named[]> {
  const isOurs = hiddenInputs.changed in resource;
  const outputs = outputsOf(resource).filter(([key]) => !(isOurs && isLeftOut(key)));
  const label = labelOf(resource);
  const values = await Promise.all(outputs.map(([key, output]) => named(`${label} ${key}`, output)));
  // A secret of ours is left out: `changed` differs when it does.
  return isOurs ? values.filter(({ value }) => !(value.is === "known" && value.isSecret)) : values;
}

function isLeftOut(key: string): boolean {
  return leftOut.includes(key) || (key.startsWith("__") && key !== hiddenInputs.changed);
}

async function named(name: string, output: pulumi.Output<unknown>): Promise<Named> {
  return { name, value: await knownValue(output) };
}

function labelOf(resource: pulumi.Resource): string {
  const { __pulumiType: type, __name: name } = resource as unknown as Record<"__pulumiType" | "__name", string>;
  return `${type}::${name}`;
}

function textOf({ name, value }: Named): string {
  return value.is === "known" ? `${name}=${JSON.stringify(sorted(value.value))}` : name;
}

/** The value with its keys in one order, whatever order the engine sends them in. */
function sorted(value: unknown): unknown {
  if (pulumi.Resource.isInstance(value)) return labelOf(value);
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, sorted(one)]);
}

function latest(values: readonly Named[]): string {
  const times = values.flatMap(({ name, value }) =>
    name.endsWith(` ${hiddenInputs.changed}`) && value.is === "known" ? [String(value.value)] : [],
  );
  return times.sort().at(-1) ?? "";
}
