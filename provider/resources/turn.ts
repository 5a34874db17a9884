import * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";
import { hiddenInputs } from "./hidden-inputs";
import { laterWavesOf } from "./jail-fleet/fleet-host";
import type { Parents } from "./predicted-urn";
import { protectedMark, type TurnInput } from "./turn-input";

/**
 * The resources that are constructed in one turn of the event loop travel together: rules reserve their fields with their Jail
 * before it is checked, and all scans of a program start at once. Only plain values travel; an Output would make one resource
 * wait for another.
 */
interface Turn {
  /** By the `dependsOn` that its resources have in common. */
  readonly groups: Map<unknown, Group>;
  /** Mistakes in the arguments of its resources, as far as the program knows them. */
  readonly mistakes: Promise<readonly string[]>[];
  readonly end: Promise<void>;
  /** Set while a fleet declares a host. */
  constructed?: Constructed[];
}

/** The resources of a turn that wait for the same others: the engine checks none of them before those. */
interface Group {
  readonly sites: pulumi.Inputs[];
  /** Resources that were constructed in it so far. */
  size: number;
}

/** A resource with the options that its program gave. */
export interface Constructed {
  readonly subject: string;
  readonly made: Made;
  readonly options: pulumi.CustomResourceOptions;
  /** The resource comes after this Jail by itself. */
  readonly jail?: pulumi.Resource;
}

/** A resource that is declared in the turn of its Jail. */
export interface Reservation {
  readonly kind: string;
  readonly label: string;
  readonly args: pulumi.Inputs;
  /** Names of the arguments that set something, whether or not they are given. */
  readonly fields: readonly string[];
  readonly made: Made;
  readonly content?: Content;
}

/** Identifies a content. */
type Content = NonNullable<NonNullable<TurnInput["declared"]>[number]["content"]>;

/** A resource, set once the SDK has constructed it: before that, transformations may still change its options. */
export interface Made {
  resource?: pulumi.Resource;
}

/** Facts that a Jail is told about a resource, if they are known already; they reserve nothing. */
export interface Told {
  /** Names of arguments. */
  readonly plain?: readonly string[];
  readonly content?: Content | undefined;
  /** Arguments as the program gives them that go to the engine as secrets. */
  readonly plainContent?: pulumi.Inputs;
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
  const turn: Turn = { groups: new Map(), mistakes: [], end };
  turns.set(store, turn);
  return turn;
}

/** A resource on its way to the engine. */
interface Sent {
  readonly urn: string;
  readonly options: pulumi.ResourceOptions | undefined;
  /** The jail that is scanned before the check; undefined where another resource brings the same one. */
  readonly site: pulumi.Inputs | undefined;
}

/**
 * The inputs that a resource carries beside its arguments. `reservations` is filled until the turn ends. Resources that wait for
 * others are scanned together with those that wait for the same list: a host may need the others first.
 */
export function turnInputs({ urn, options, site }: Sent, reservations?: readonly Reservation[]): pulumi.Inputs {
  const { groups, mistakes, end } = currentTurn();
  const waitsFor = emptyIsNone(options?.dependsOn);
  const group = groups.get(waitsFor) ?? { sites: [], size: 0 };
  groups.set(waitsFor, group);
  const { sites } = group;
  const size = ++group.size;
  if (site && isPlain(site)) sites.push(site);
  // The 1st, 2nd, 4th, 8th … tells of all: the engine checks them as they come, and any of them may have to wait for an Output.
  const surveys = (size & (size - 1)) === 0;
  const laterWaves = laterWavesOf(options?.parent);
  const base = { urn, preview: pulumi.runtime.isDryRun(), ...(laterWaves === undefined ? {} : { laterWaves }) };
  const turn = async (): Promise<TurnInput> => {
    await end;
    const found = (await Promise.all(mistakes)).flat();
    return {
      ...base,
      ...(found.length > 0 ? { mistakes: found } : {}),
      survey: JSON.stringify(surveys ? sites : []),
      ...(reservations ? { declared: reservations.map(told) } : {}),
    };
  };
  // Secret, as connections may hold keys; check() drops it, so that it is never stored.
  return {
    turn: pulumi.secret(turn()),
    ...(reservations ? { [hiddenInputs.claims]: end.then(() => Object.fromEntries(reservations.map(claimText))) } : {}),
  };
}

function emptyIsNone(dependsOn: unknown): unknown {
  return Array.isArray(dependsOn) && dependsOn.length === 0 ? undefined : dependsOn;
}

/** Runs a part of the program, and gives the resources of this package that it constructs before it returns. */
export function constructedIn<T>(part: () => T): { readonly result: T; readonly constructed: readonly Constructed[] } {
  const turn = currentTurn();
  const outer = turn.constructed;
  const constructed: Constructed[] = [];
  turn.constructed = constructed;
  try {
    return { result: part(), constructed };
  } finally {
    if (outer) turn.constructed = outer;
    else delete turn.constructed;
  }
}

/** Tells a fleet of a resource, if it declares a host just now. */
export function noteConstructed(one: Constructed): void {
  currentTurn().constructed?.push(one);
}

/** Notes the mistakes of a resource of the turn, which `find` looks for; it must wait for nothing beyond the turn's end but for files. */
export function noteMistakes(find: (end: Promise<void>) => Promise<readonly string[]>): void {
  const { mistakes, end } = currentTurn();
  mistakes.push(find(end));
}

function told({ fields: _, made: _made, ...told }: Reservation): NonNullable<TurnInput["declared"]>[number] {
  return told;
}

/** Label, match and names of the fields: the state keeps these of a reservation, and never values. */
function claimText({ label, args, fields, made }: Reservation): [string, string] {
  const reserved = (args["reserved"] ?? []) as string[];
  const stated = fields.filter((field) => field in args || reserved.includes(field));
  return [label, `${args["match"] ?? args["path"]}: ${stated.join(" ")}${isProtected(made) ? protectedMark : ""}`];
}

/**
 * The facts about a resource that a Jail needs: the `parts` of its arguments and the `fields` that it sets, as far as they are
 * plain, the plain ones of `more`, and the names of the fields whose values are Outputs. Undefined where the place of the
 * fields is unknown, so that nothing can be reserved. Commands are left out: only the resource itself needs them.
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

/** Whether the engine refuses to delete a resource, by its own options, those of its parents or a transformation of the program's. */
function isProtected({ resource }: Made): boolean {
  return (resource as Parents | undefined)?.__protect === true;
}
