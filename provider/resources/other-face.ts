import * as pulumi from "@pulumi/pulumi";
import type { Face } from "./face";

/** Options of a resource, which takes over the same one of the other face. */
export function withOtherFace<T extends pulumi.CustomResourceOptions>(options: T | undefined, { otherType }: Face): T {
  return pulumi.mergeOptions({ aliases: [{ type: otherType }] }, options) as T;
}
