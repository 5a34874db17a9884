import { useLab } from "./e2e";
import type { Declared, DeclaredRule } from "./program";
import type { Stack } from "./stack";

/** A host for the tests of one file, with a stack that declares a jail with two directories and rules for them. */
export function useRules() {
  const lab = useLab();
  let stack: Stack;
  const declare = (rules: Record<string, Omit<DeclaredRule, "jail">>) =>
    stack.declare({
      jails: { app: lab.jail("/srv/app", { directories: { a: "one", b: "two" } }) },
      rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { jail: "app", ...rule }])),
    } satisfies Declared);
  const modes = async () => (await lab.host.must("cd /srv/app && stat -c '%n %U:%G %a' a b")).trim();
  const begin = async (rules: Record<string, Omit<DeclaredRule, "jail">>): Promise<Stack> => {
    stack = await lab.stack();
    declare(rules);
    return stack;
  };
  return { lab, begin, declare, modes, two: { match: "b", group: "root" } };
}
