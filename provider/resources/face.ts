import type * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";

/** Marks the SDK's store of a component that the plugin constructs: the SDK keeps one store for each of them. */
const mark = Symbol.for("pulumi-chroot/plugin");

/** Runs a part of the plugin in a store of the SDK that is its own, so that its resources go to the plugin. */
export function markPlugin(store: object): void {
  Object.defineProperty(store, mark, { value: true });
}

/**
 * How the engine finds the handlers of a class's resources: the type, and the inputs that name them. A TypeScript program makes
 * dynamic resources, whose `__provider` names the handlers; a component that the plugin constructs makes resources of the plugin.
 */
export function face(kind: string, handlers: string): { readonly type: string; readonly inputs: pulumi.Inputs } {
  const store = global.asyncLocalStorage?.getStore();
  if (store !== undefined && mark in store) return { type: `chroot:index:${kind}`, inputs: {} };
  return {
    type: `pulumi-nodejs:dynamic/chroot:${kind}`,
    inputs: { __provider: `exports.handler=()=>require("pulumi-chroot/lifecycle").${handlers}` },
  };
}
