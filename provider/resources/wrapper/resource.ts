import * as pulumi from "@pulumi/pulumi";
import type { WrapperArgs as Declared, JailReference } from "../arguments";
import { childInputs } from "../child";
import { secretFlag } from "../inputs";
import type { Jail } from "../jail/resource";

/** The arguments of a {@link Wrapper}. */
export interface WrapperArgs extends Omit<Declared, "jail"> {
  /** The jail the daemon runs in: a {@link Jail}, or `{connection, root}` of one that is declared elsewhere. */
  jail: Jail | JailReference;
}

const type = "pulumi-nodejs:dynamic/chroot:Wrapper";

/**
 * What starts a daemon in its jail: a script or a systemd unit on the host, which gives up root on the way. Who the daemon is
 * is written as numbers, so that nothing in the jail has a say in it.
 *
 * Deleting the resource removes what was written; a daemon that runs goes on.
 */
export class Wrapper extends pulumi.CustomResource {
  /** What is not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;
  /** Running processes of the jail that are not as declared, or hold ways out of it, each with what to do. */
  declare readonly findings: pulumi.Output<string[]>;

  constructor(name: string, args: WrapperArgs, options: pulumi.CustomResourceOptions = {}) {
    const child = childInputs("Wrapper", type, name, args, options, [], ["path"]);
    super(
      type,
      name,
      {
        ...child.inputs,
        findings: undefined,
        commandIsSecret: secretFlag(args.restart),
        __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").wrapper',
      },
      child.options,
    );
  }
}
