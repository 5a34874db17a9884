import { beforeAll } from "@jest/globals";
import type { Lab } from "./e2e";
import type { Stack } from "./stack";

/** One stack for all tests of a describe, made ready before them. */
export function useSharedStack(lab: Lab, ready: (stack: Stack) => Promise<unknown>): { readonly stack: Stack } {
  let stack: Stack | undefined;
  beforeAll(async () => {
    stack = await lab.stack();
    await ready(stack);
  });
  return {
    get stack() {
      if (!stack) throw new Error("the stack is there when the tests run");
      return stack;
    },
  };
}
