import * as pulumi from "@pulumi/pulumi";
import { claimFields } from "../../intent/claim";
import type { PermissionRuleArgs as Declared, JailReference } from "../arguments";
import { childInputs } from "../child-inputs";
import type { Jail } from "../jail/resource";
import type { ChildOutputs } from "../outputs";
import { permissionRuleKind } from "./kind";

/** The arguments of a {@link PermissionRule}. */
export interface PermissionRuleArgs extends Omit<Declared, "jail"> {
  /**
   * The jail of the rule: a {@link Jail}, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: Jail | JailReference;
}

/** The arguments of a rule that the Jail needs beside the fields that it sets. */
const ruleParts = ["match", "except", "order", "runtime", "reason"];

export interface PermissionRule extends ChildOutputs<PermissionRuleArgs> {}

/** Owner, group or modes of the paths in a jail that a glob matches, where they differ from the baseline, and why. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the SDK sets them all.
export class PermissionRule extends pulumi.CustomResource {
  /** Paths that are not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PermissionRuleArgs, options: pulumi.CustomResourceOptions = {}) {
    const child = childInputs(
      { kind: permissionRuleKind, fields: claimFields, parts: ruleParts },
      { name, args, options },
    );
    super(child.type, name, child.inputs, child.options);
    child.made.resource = this;
  }
}
