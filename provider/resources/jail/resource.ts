import * as pulumi from "@pulumi/pulumi";
import type { JailArgs } from "../arguments";
import { expectGiven, expectOptions } from "../constructor-checks";
import { face } from "../face";
import { hiddenInputs } from "../hidden-inputs";
import { withOtherFace } from "../other-face";
import { type ArgumentOutputs, leftOut } from "../outputs";
import { predictUrn } from "../predicted-urn";
import { mistakesOf } from "../program-mistakes";
import { withSecretKeys } from "../secret-inputs";
import { noteConstructed, noteMistakes, type Reservation, reservable, type Told, turnInputs } from "../turn";
import { jailKind } from "./kind";

interface Inside {
  readonly connection: pulumi.Input<pulumi.Inputs>;
  readonly root: pulumi.Input<string>;
  readonly reservations: Reservation[];
}

// Children need a jail's arguments: its outputs are unknown while it previews an update.
const insides = new WeakMap<Jail, Inside>();

export interface Jail extends ArgumentOutputs<JailArgs> {}

/**
 * A chroot jail on a host: its root, its daemon's user, and the baseline of owners and modes that everything in it has.
 *
 * `pulumi preview` shows every path that differs from the declaration, `live => declared`; `pulumi up` repairs only these.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the SDK sets them all.
export class Jail extends pulumi.CustomResource {
  /** Paths that are not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;
  /** Processes that are not as declared, and entries that no resource declares; at most 20 entries, then a count. */
  declare readonly findings: pulumi.Output<string[]>;
  /** Checks that this host does not allow, and entries that are left alone, each with the reason. */
  declare readonly notChecked: pulumi.Output<string[]>;
  /** The host's machine-id. */
  declare readonly machineId: pulumi.Output<string>;
  /** Device number of the root. */
  declare readonly device: pulumi.Output<string>;
  /** Inode number of the root. */
  declare readonly inode: pulumi.Output<string>;

  constructor(name: string, args: JailArgs, options?: pulumi.CustomResourceOptions) {
    expectOptions("Jail", name, options ?? {});
    expectGiven(`Jail ${name}`, args, "connection");
    const served = face("Jail");
    const urn = predictUrn(served.type, name, options?.parent);
    noteMistakes((end) => mistakesOf(jailKind, urn, { ...args }, { end, waits: false }));
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
      served.type,
      name,
      {
        ...leftOut(jailKind),
        ...args,
        ...outputs,
        connection: withSecretKeys(connection),
        [hiddenInputs.changed]: undefined,
        ...turnInputs({ urn, options, site: { connection, root } }, reservations),
        ...served.inputs,
      },
      withOtherFace(options, served),
    );
    insides.set(this, { connection, root, reservations });
    noteConstructed({ subject: `Jail ${name}`, made: { resource: this }, options: options ?? {} });
  }
}

/** A jail for its children: its place, and a way to reserve the fields that they set. */
export function insideOf(jail: Jail): { connection: pulumi.Input<pulumi.Inputs>; root: pulumi.Input<string> } {
  const { connection, root } = insideOrThrow(jail);
  return { connection, root };
}

/** Tells a Jail of the same turn the fields that a child sets, so that the jail leaves them alone. */
export function reserveIn(
  jail: Jail,
  child: Pick<Reservation, "kind" | "label" | "fields" | "made">,
  {
    args,
    parts,
    told: { plain: more = [], content },
  }: { readonly args: pulumi.Inputs; readonly parts: readonly string[]; readonly told: Told },
): void {
  const plain = reservable(args, child.fields, parts, more);
  if (plain) insideOrThrow(jail).reservations.push({ ...child, args: plain, ...(content ? { content } : {}) });
}

function insideOrThrow(jail: Jail): Inside {
  const inside = insides.get(jail);
  if (!inside) throw new Error("this Jail was made by another copy of pulumi-chroot: install it once");
  return inside;
}
