import * as pulumi from "@pulumi/pulumi";

export interface Parents {
  readonly __protect?: boolean;
  readonly __pulumiType?: string;
  readonly __parentResource?: pulumi.Resource & Parents;
}

/**
 * The URN that the engine will give the resource. pulumi.createUrn gives an Output, which would carry the parent's
 * dependencies into the inputs; the types of the parents are known at once.
 */
export function predictUrn(type: string, name: string, parent: pulumi.Resource | undefined): string {
  const types = [type];
  for (let at = parent as (pulumi.Resource & Parents) | undefined; at; at = at.__parentResource) {
    if (at.__pulumiType && at.__pulumiType !== "pulumi:pulumi:Stack") types.unshift(at.__pulumiType);
  }
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${types.join("$")}::${name}`;
}
