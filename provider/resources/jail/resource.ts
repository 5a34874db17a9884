import * as pulumi from "@pulumi/pulumi";
import { labelOf } from "../../model/urn";
import type { JailArgs } from "../arguments";
import { expectGiven, withSecrets } from "../inputs";
import { type Reservation, reservable, type Told, turnInputs, urnOf } from "../turn";

const type = "pulumi-nodejs:dynamic/chroot:Jail";

interface Inside {
  readonly connection: pulumi.Input<pulumi.Inputs>;
  readonly root: pulumi.Input<string>;
  readonly reservations: Reservation[];
}

// What belongs to a jail needs its arguments, not its outputs: those are unknown while it previews an update.
const insides = new WeakMap<Jail, Inside>();

/**
 * A chroot jail on a host: its root, who runs in it, and the baseline of owners and modes that everything in it has.
 *
 * `pulumi preview` shows every path that has left the declaration, `live => declared`; `pulumi up` repairs those alone.
 */
export class Jail extends pulumi.CustomResource {
  /** Absolute path of the jail on the host. */
  declare readonly root: pulumi.Output<string>;
  /** Paths that are not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;
  /** Processes that are not as declared, and entries that no resource declares; of those at most 20, then a count. */
  declare readonly findings: pulumi.Output<string[]>;
  /** What this host cannot check, or what is left alone, and why. */
  declare readonly notChecked: pulumi.Output<string[]>;
  /** The host's machine-id. */
  declare readonly machineId: pulumi.Output<string>;
  /** Device number of the root. */
  declare readonly device: pulumi.Output<string>;
  /** Inode number of the root. */
  declare readonly inode: pulumi.Output<string>;

  constructor(name: string, args: JailArgs, options?: pulumi.CustomResourceOptions) {
    expectGiven(`Jail ${name}`, { ...args }, "connection");
    const reservations: Reservation[] = [];
    const { root } = args;
    const connection = args.connection as pulumi.Input<pulumi.Inputs>;
    const outputs = {
      drift: undefined,
      findings: undefined,
      notChecked: undefined,
      machineId: undefined,
      device: undefined,
      inode: undefined,
    };
    super(
      type,
      name,
      {
        ...args,
        ...outputs,
        connection: withSecrets(connection),
        ...turnInputs(
          urnOf(type, name, options?.parent),
          { connection, root },
          options?.dependsOn !== undefined,
          reservations,
        ),
        __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail',
      },
      options,
    );
    insides.set(this, { connection, root, reservations });
  }
}

/** A jail for its children: where it is, and a way to reserve what they set. */
export function insideOf(jail: Jail): { connection: pulumi.Input<pulumi.Inputs>; root: pulumi.Input<string> } {
  const { connection, root } = insideOrThrow(jail);
  return { connection, root };
}

/** Tells a Jail of the same turn what a child sets, so that the jail leaves it alone. */
export function reserveIn(
  jail: Jail,
  kind: string,
  urn: string,
  args: pulumi.Inputs,
  fields: readonly string[],
  parts: readonly string[],
  { plain: more = [], content }: Told,
): void {
  const plain = reservable(args, fields, parts, more);
  if (!plain) return;
  const reservation = { kind, label: labelOf(urn), args: plain, fields, ...(content ? { content } : {}) };
  insideOrThrow(jail).reservations.push(reservation);
}

function insideOrThrow(jail: Jail): Inside {
  const inside = insides.get(jail);
  if (!inside) throw new Error("this Jail was made by another copy of pulumi-chroot: install it once");
  return inside;
}
