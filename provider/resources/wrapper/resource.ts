import * as pulumi from "@pulumi/pulumi";
import type { WrapperArgs as Declared, JailReference } from "../arguments";
import { childInputs } from "../child-inputs";
import { hiddenInputs } from "../hidden-inputs";
import type { Jail } from "../jail/resource";
import type { ChildOutputs } from "../outputs";
import { secretFlag } from "../secret-inputs";
import { wrapperKind } from "./kind";

/** The arguments of a {@link Wrapper}. */
export interface WrapperArgs extends Omit<Declared, "jail"> {
  /**
   * The jail of the daemon: a {@link Jail}, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: Jail | JailReference;
}

export interface Wrapper extends ChildOutputs<WrapperArgs> {}

/**
 * A daemon's launcher: a script or a systemd unit on the host that starts it in its jail and gives up root on the way. The
 * daemon's users and groups are written as numbers, so that no file in the jail can change them.
 *
 * Deleting the resource removes the launcher; a running daemon goes on. If its Jail is deleted with it, the Jail's `onDelete`
 * decides: `keep` leaves the launcher.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the SDK sets them all.
export class Wrapper extends pulumi.CustomResource {
  /** The differences from the declaration, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;
  /** Running processes of the jail that are not as declared, or hold ways out of it, each with a remedy. */
  declare readonly findings: pulumi.Output<string[]>;

  constructor(name: string, args: WrapperArgs, options: pulumi.CustomResourceOptions = {}) {
    const child = childInputs({ kind: wrapperKind, fields: [], parts: ["path"] }, { name, args, options });
    super(
      child.type,
      name,
      {
        ...child.inputs,
        findings: undefined,
        [hiddenInputs.commandIsSecret]: secretFlag(args.restart),
      },
      child.options,
    );
    child.made.resource = this;
  }
}
