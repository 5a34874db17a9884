import * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";
import { claimFields } from "../intent/claim";
import type { TurnInput } from "./turn-input";

/**
 * What is constructed in one turn of the event loop travels together: rules reserve their fields with their Jail before
 * it is checked, and all scans of a program start at once. Only plain values travel; an Output would make one resource
 * wait for another.
 */
interface Turn {
  readonly sites: pulumi.Inputs[];
  readonly end: Promise<void>;
}

/** What a Jail's turn has declared for it. */
export interface Reservation {
  readonly kind: string;
  readonly label: string;
  readonly args: pulumi.Inputs;
}

// Captured here: a test's fake timers, or a program that replaces it, must not keep a turn from ending.
const { setImmediate } = globalThis;
// One for each stack's store: inline programs of the Automation API run side by side in one process.
const turns = new WeakMap<object, Turn>();
const programStore = {};

function currentTurn(): Turn & { isNew: boolean } {
  // The SDK keeps it there (runtime/state); a program that the CLI runs has none of its own.
  const store: object = global.asyncLocalStorage?.getStore() ?? programStore;
  const known = turns.get(store);
  if (known) return { ...known, isNew: false };
  const end = new Promise<void>((resolve) =>
    setImmediate(() => {
      turns.delete(store);
      resolve();
    }),
  );
  const turn: Turn = { sites: [], end };
  turns.set(store, turn);
  return { ...turn, isNew: true };
}

/**
 * The inputs that a resource carries beside its arguments. `reservations` is filled until the turn ends. A resource that
 * waits for others is not surveyed: what it waits for may be what its host has to have first.
 */
export function turnInputs(
  urn: string,
  site: pulumi.Inputs,
  waits: boolean,
  reservations?: readonly Reservation[],
): pulumi.Inputs {
  const { sites, end, isNew } = currentTurn();
  if (!waits && isPlain(site)) sites.push(site);
  const base = { urn, preview: pulumi.runtime.isDryRun() };
  const turn = async (): Promise<TurnInput> => {
    if (isNew || reservations) await end;
    return { ...base, ...(isNew ? { survey: sites } : {}), ...(reservations ? { declared: [...reservations] } : {}) };
  };
  // Secret, as connections may hold keys; check() drops it, so that it is never stored.
  return {
    turn: pulumi.secret(turn()),
    ...(reservations ? { claims: end.then(() => Object.fromEntries(reservations.map(claimText))) } : {}),
  };
}

/** Label, match and names of the fields: what the state keeps of a reservation. Never values. */
function claimText({ label, args }: Reservation): [string, string] {
  const reserved = (args["reserved"] ?? []) as string[];
  const fields = claimFields.filter((field) => field in args || reserved.includes(field));
  return [label, `${args["match"]}: ${fields.join(" ")}`];
}

/**
 * The plain part of a resource's arguments, with the names of the fields whose values are Outputs; undefined when what it
 * matches is not known, so that nothing can be reserved.
 */
export function reservable(args: pulumi.Inputs): pulumi.Inputs | undefined {
  const plain: pulumi.Inputs = {};
  const reserved: string[] = [];
  for (const [key, value] of Object.entries(args)) {
    if (value === undefined) continue;
    if (isPlain(value)) plain[key] = value;
    else if (claimFields.some((field) => field === key)) reserved.push(key);
    else if (key !== "reason") return undefined;
  }
  return reserved.length > 0 ? { ...plain, reserved } : plain;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isPlain);
}

/**
 * The URN that the engine will give the resource. pulumi.createUrn gives an Output, which would carry the parent's
 * dependencies into the inputs; the types of the parents are known at once.
 */
export function urnOf(type: string, name: string, parent: pulumi.Resource | undefined): string {
  const types = [type];
  for (let at = parent as (pulumi.Resource & Parents) | undefined; at; at = at.__parentResource) {
    if (at.__pulumiType && at.__pulumiType !== "pulumi:pulumi:Stack") types.unshift(at.__pulumiType);
  }
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${types.join("$")}::${name}`;
}

interface Parents {
  readonly __pulumiType?: string;
  readonly __parentResource?: pulumi.Resource & Parents;
}
