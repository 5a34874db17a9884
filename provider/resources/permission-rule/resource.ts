import * as pulumi from "@pulumi/pulumi";
import type { PermissionRuleArgs as Declared, JailReference } from "../arguments";
import { expectGiven, withSecrets } from "../inputs";
import { insideOf, Jail, reserveIn } from "../jail/resource";
import { turnInputs, urnOf } from "../turn";

/** The arguments of a {@link PermissionRule}. */
export interface PermissionRuleArgs extends Omit<Declared, "jail"> {
  /** The jail the rule belongs to: a {@link Jail}, or `{connection, root}` of one that is declared elsewhere. */
  jail: Jail | JailReference;
}

const type = "pulumi-nodejs:dynamic/chroot:PermissionRule";

/** Owner, group or modes of the paths in a jail that a glob matches, where they differ from the baseline, and why. */
export class PermissionRule extends pulumi.CustomResource {
  /** Paths that are not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PermissionRuleArgs, options: pulumi.CustomResourceOptions = {}) {
    expectGiven(`PermissionRule ${name}`, { ...args }, "jail");
    const { jail, ...own } = args;
    if (!(jail instanceof Jail)) expectGiven(`PermissionRule ${name}: jail`, { ...jail }, "connection");
    const urn = urnOf(type, name, options.parent);
    const site = jail instanceof Jail ? insideOf(jail) : (jail as ReturnType<typeof insideOf>);
    if (jail instanceof Jail) reserveIn(jail, "PermissionRule", urn, own);
    super(
      type,
      name,
      {
        ...own,
        drift: undefined,
        jail: { connection: withSecrets(site.connection), root: site.root },
        ...turnInputs(
          urn,
          { connection: site.connection, root: site.root },
          jail instanceof Jail || options.dependsOn !== undefined,
        ),
        __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").permissionRule',
      },
      // A child comes after its jail and goes with it: deleting the jail removes the children's records too.
      jail instanceof Jail ? pulumi.mergeOptions({ dependsOn: [jail], deletedWith: jail }, options) : options,
    );
  }
}
