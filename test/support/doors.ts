import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Declared, declared, fill, type Program } from "./program";
import type { Stack } from "./stack";

/** A way from a program to the handlers, for tests that both have to pass. */
export interface Door {
  readonly name: "dynamic resources" | "plugin";
  /** Makes this the program of a stack. */
  declare(stack: Stack, all: Declared): void;
  /** The name of a declared rule or file of the jail `app`. */
  nameOf(child: string): string;
  /** A resource in messages. */
  labelOf(kind: string, name: string): string;
  typeOf(kind: string): string;
  /** Resources of a stack beside the declared ones. */
  readonly beside: number;
  /** The engine reads each resource before it checks it, so that the state has the drift, and the next read takes it away. */
  readonly readsFirst: boolean;
}

const plugin = join(__dirname, "..", "..", "..", "plugin");

/** Lets a stack find the plugin of the checkout. */
export function usePlugin(stack: Stack): void {
  const file = join(stack.directory, "Pulumi.yaml");
  const line = `plugins: { providers: [{ name: chroot, path: ${JSON.stringify(plugin)} }] }\n`;
  if (!readFileSync(file, "utf8").includes(line)) appendFileSync(file, line);
}

/** Each jail is a JailBundle: by its class, or as a program in another language asks for it. */
const bundled: Program<ReturnType<typeof fill> & { isRemote: boolean }> = (chroot, given, pulumi) => {
  const { jails, rules, files, isRemote } = given;
  const own = <T extends { jail: unknown }>(all: Readonly<Record<string, T>>, name: string) =>
    Object.fromEntries(Object.entries(all).flatMap(([key, { jail, ...args }]) => (jail === name ? [[key, args]] : [])));
  for (const [name, args] of Object.entries(jails)) {
    const inputs = { ...args, rules: own(rules, name), files: own(files, name) };
    if (isRemote) new pulumi.ComponentResource("chroot:index:JailBundle", name, inputs, {}, true);
    else new chroot.JailBundle(name, inputs);
  }
};

/** Makes each jail a JailBundle by its class, of dynamic resources. */
export function declareBundles(stack: Stack, all: Declared): void {
  stack.program(bundled, { ...fill(all), isRemote: false });
}

export const doors: readonly Door[] = [
  {
    name: "dynamic resources",
    declare: (stack, all) => stack.program(declared, fill(all)),
    nameOf: (child) => child,
    labelOf: (kind, name) => `${kind}::${name}`,
    typeOf: (kind) => `pulumi-nodejs:dynamic/chroot:${kind}`,
    beside: 1,
    readsFirst: false,
  },
  {
    name: "plugin",
    declare(stack, all) {
      usePlugin(stack);
      stack.program(bundled, { ...fill(all), isRemote: true });
    },
    nameOf: (child) => `app-${child}`,
    labelOf: (kind, name) => `JailBundle$${kind}::${name}`,
    typeOf: (kind) => `chroot:index:${kind}`,
    // The component.
    beside: 2,
    readsFirst: true,
  },
];
