import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "../model/unknown";
import { labelOf } from "../model/urn";
import { argumentFailures } from "./argument-failures";
import type { ResourceKind } from "./kind";

/** The mistakes in a resource that the program can see: an `up` without a preview then changes nothing. */
export function mistakesOf(kind: ResourceKind, urn: string, args: pulumi.Inputs): string[] {
  const failures = argumentFailures(kind, known(args) as pulumi.Inputs);
  const words = failures.map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`));
  return words.map((text) => `${labelOf(urn)}: ${text}`);
}

/** Arguments with a mark where they are not known here, or are not plain. */
function known(value: unknown): unknown {
  if (typeof value !== "object") return value;
  if (value === null || isOther(value)) return unknownValue;
  if (Array.isArray(value)) return value.map(known);
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(given.map(([key, each]) => [key, known(each)]));
}

function isOther(value: object): boolean {
  const { Asset, Archive } = pulumi.asset;
  const others = [pulumi.Output, pulumi.Resource, Asset, Archive];
  return value instanceof Promise || others.some((other) => other.isInstance(value));
}
