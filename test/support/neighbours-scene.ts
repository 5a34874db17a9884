import { expect } from "@jest/globals";
import { ok, useLab } from "./e2e";
import type { DeclaredRule } from "./program";
import type { Stack } from "./stack";

/** A host for the tests of one file, and two stacks with rules for one jail on it. */
export function useNeighbours() {
  const lab = useLab();
  const root = "/srv/app";
  let base: Stack;
  let guest: Stack;
  const declare = (stack: Stack, rules: Record<string, Omit<DeclaredRule, "jail">>) => {
    const jail = stack === base ? "app" : { connection: lab.host.connection, root };
    stack.declare({
      jails: stack === base ? { app: lab.jail(root, { directories: { a: "one", b: "two", c: "three" } }) } : {},
      rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { jail, ...rule }])),
    });
  };
  const own = { one: { match: "a", acl: ["user:www:rX"] } };
  const theirs = { two: { match: "b", acl: ["group:www:rwX"], directoryMode: "0700" } };
  const acl = (path: string) => lab.host.must(`getfacl -cpE ${root}/${path} | grep www || true`);
  const clean = async () => {
    for (const stack of [base, guest]) expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  };
  /** Both stacks: the first has made the jail, and both have done their rules. */
  const begin = async (): Promise<[Stack, Stack]> => {
    base = await lab.stack({ project: "base" });
    guest = await lab.stack({ project: "guest" });
    declare(base, own);
    ok(await base.up());
    declare(guest, theirs);
    ok(await guest.up());
    return [base, guest];
  };
  return { lab, root, begin, declare, theirs, acl, clean };
}
