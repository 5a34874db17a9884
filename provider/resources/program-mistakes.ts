import * as pulumi from "@pulumi/pulumi";
import { hasUnknown, unknownValue } from "../model/unknown";
import { labelOf } from "../model/urn";
import { argumentFailures } from "./argument-failures";
import type { ResourceKind } from "./kind";
import { sourceMistake } from "./local-source";
import { plainSource } from "./plain-source";

/**
 * The mistakes in a resource that the program can see: an `up` without a preview then changes nothing. A value that is a
 * promise, or a promise in an asset that is open at the end of the turn, is not looked at. A resource that waits for others may
 * have its source from them.
 */
export async function mistakesOf(
  kind: ResourceKind,
  urn: string,
  args: pulumi.Inputs,
  { end, waits }: { readonly end: Promise<void>; readonly waits: boolean },
): Promise<string[]> {
  const values = (await known(args, end)) as pulumi.Inputs;
  const failures = argumentFailures(kind, values);
  const words = failures.map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`));
  const given = kind.content?.(values);
  const unread = words.length > 0 || waits || !given || hasUnknown(given) ? undefined : await sourceMistake(given);
  return [...words, ...(unread === undefined ? [] : [`source: ${unread}`])].map((text) => `${labelOf(urn)}: ${text}`);
}

/** Arguments with a mark where they are not known here, or are not plain. */
async function known(value: unknown, end: Promise<void>): Promise<unknown> {
  if (typeof value !== "object") return value;
  if (value === null || isOther(value)) return unknownValue;
  if (isSource(value)) return plainSource(value, end);
  if (Array.isArray(value)) return Promise.all(value.map((each) => known(each, end)));
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    await Promise.all(given.map(async ([key, each]) => [key, await known(each, end)] as const)),
  );
}

function isOther(value: object): boolean {
  return value instanceof Promise || [pulumi.Output, pulumi.Resource].some((other) => other.isInstance(value));
}

function isSource(value: object): boolean {
  return pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);
}
