import type * as pulumi from "@pulumi/pulumi";
import type {} from "@pulumi/pulumi/runtime/state";

/** Marks the SDK's store of a component that the plugin constructs: the SDK keeps one store for each of them. */
const mark = Symbol.for("pulumi-chroot/plugin");

/** Runs a part of the plugin in a store of the SDK that is its own, so that its resources go to the plugin. */
export function markPlugin(store: object): void {
  Object.defineProperty(store, mark, { value: true });
}

/** How the engine finds the handlers of a class's resources. */
export interface Face {
  readonly type: string;
  /** Inputs that name the handlers. */
  readonly inputs: pulumi.Inputs;
  /** The type of the other face: a stack moves from one to the other, and its resources stay. */
  readonly otherType: string;
}

/**
 * A TypeScript program makes dynamic resources, whose `__provider` names the handlers; a component that the plugin constructs
 * makes resources of the plugin.
 */
export function face(kind: string): Face {
  const [own, dynamic] = [`chroot:index:${kind}`, `pulumi-nodejs:dynamic/chroot:${kind}`];
  const store = global.asyncLocalStorage?.getStore();
  if (store !== undefined && mark in store) return { type: own, inputs: {}, otherType: dynamic };
  return { type: dynamic, inputs: handlersOf(kind), otherType: own };
}

/** The input and output by which the SDK's dynamic provider finds the handlers of a kind. */
export function handlersOf(kind: string): { readonly __provider: string } {
  const name = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
  return { __provider: `exports.handler=()=>require("pulumi-chroot/lifecycle").${name}` };
}
