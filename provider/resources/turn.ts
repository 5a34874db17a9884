import * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";
import type { TurnInput } from "./turn-input";

/**
 * What is constructed in one turn of the event loop travels together: rules reserve their fields with their Jail before
 * it is checked, and all scans of a program start at once. Only plain values travel; an Output would make one resource
 * wait for another.
 */
interface Turn {
  readonly sites: pulumi.Inputs[];
  readonly end: Promise<void>;
  /** Resources that were constructed in it so far. */
  size: number;
}

/** What a Jail's turn has declared for it. */
export interface Reservation {
  readonly kind: string;
  readonly label: string;
  readonly args: pulumi.Inputs;
  /** Names of the arguments that set something, whether or not they are given. */
  readonly fields: readonly string[];
  readonly content?: Content;
}

/** What a content is told by. */
type Content = NonNullable<NonNullable<TurnInput["declared"]>[number]["content"]>;

/** What a Jail is told of a resource where it is known already; it reserves nothing. */
export interface Told {
  /** Names of arguments. */
  readonly plain?: readonly string[];
  readonly content?: Content | undefined;
}

// Captured here: a test's fake timers, or a program that replaces it, must not keep a turn from ending.
const { setImmediate } = globalThis;
// One for each stack's store: inline programs of the Automation API run side by side in one process.
const turns = new WeakMap<object, Turn>();
const programStore = {};

function currentTurn(): Turn {
  // The SDK keeps it there (runtime/state); a program that the CLI runs has none of its own.
  const store: object = global.asyncLocalStorage?.getStore() ?? programStore;
  const known = turns.get(store);
  if (known) return known;
  const end = new Promise<void>((resolve) =>
    setImmediate(() => {
      turns.delete(store);
      resolve();
    }),
  );
  const turn: Turn = { sites: [], end, size: 0 };
  turns.set(store, turn);
  return turn;
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
  const current = currentTurn();
  const { sites, end } = current;
  const size = ++current.size;
  if (!waits && isPlain(site)) sites.push(site);
  // The 1st, 2nd, 4th, 8th … tells of all: the engine checks them as they come, and any of them may have to wait for an Output.
  const surveys = (size & (size - 1)) === 0;
  const base = { urn, preview: pulumi.runtime.isDryRun() };
  const turn = async (): Promise<TurnInput> => {
    if (surveys || reservations) await end;
    return {
      ...base,
      survey: JSON.stringify(surveys ? sites : []),
      ...(reservations ? { declared: reservations.map(told) } : {}),
    };
  };
  // Secret, as connections may hold keys; check() drops it, so that it is never stored.
  return {
    turn: pulumi.secret(turn()),
    ...(reservations ? { claims: end.then(() => Object.fromEntries(reservations.map(claimText))) } : {}),
  };
}

function told({ fields: _, ...told }: Reservation): NonNullable<TurnInput["declared"]>[number] {
  return told;
}

/** Label, match and names of the fields: what the state keeps of a reservation. Never values. */
function claimText({ label, args, fields }: Reservation): [string, string] {
  const reserved = (args["reserved"] ?? []) as string[];
  const stated = fields.filter((field) => field in args || reserved.includes(field));
  return [label, `${args["match"] ?? args["path"]}: ${stated.join(" ")}`];
}

/**
 * What a Jail has to know of a resource: the `parts` of its arguments and the `fields` that it sets, as far as they are plain,
 * with the names of the fields whose values are Outputs; undefined when where it sets them is not known, so that nothing can
 * be reserved. Of `more` what is plain. Commands are nobody else's.
 */
export function reservable(
  args: pulumi.Inputs,
  fields: readonly string[],
  parts: readonly string[],
  more: readonly string[] = [],
): pulumi.Inputs | undefined {
  const plain: pulumi.Inputs = Object.fromEntries(
    more.filter((key) => args[key] !== undefined && isPlain(args[key])).map((key) => [key, args[key]]),
  );
  const reserved: string[] = [];
  for (const key of [...fields, ...parts]) {
    const value = args[key];
    if (value === undefined) continue;
    if (isPlain(value)) plain[key] = value;
    else if (fields.includes(key)) reserved.push(key);
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
