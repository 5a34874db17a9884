import { expect } from "@jest/globals";
import { ok, shownDrift, useLab } from "./e2e";
import { recordLabels } from "./records";
import type { Stack } from "./stack";

export const home = "/var/lib/pulumi-chroot";
export const both = ['"label": "Jail::app"', '"label": "PermissionRule::var"'];
export const remark = (preview: string, name: string) => shownDrift(preview, name)?.["(host)"] ?? "";

/** A host for the tests of one file. Each test has a jail there, with a rule, that a stack has made. */
export function useRegistry() {
  const lab = useLab();
  let stack: Stack;
  let count = 0;
  const root = () => `/srv/app${count}`;
  const declare = (adopt: boolean) =>
    stack.declare({
      jails: { app: lab.jail(root(), { directories: { etc: "settings", var: "data" }, adopt }) },
      rules: { var: { jail: "app", match: "var", directoryMode: "0711" } },
    });
  /** The file of a resource's record. */
  const recordOf = async (label: string) =>
    (await lab.host.must(`grep -l '"label": "${label}"' ${home}/app${count}-*/*.json`)).trim();
  const labels = () => recordLabels(lab.host, `app${count}`);
  /** Everything that is known of every inode of the jail. */
  const inodes = () => lab.host.must(`cd ${root()} && find . -printf '%P %i %C@ %U:%G %m\\n' | sort`);
  const clean = async () => {
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  };
  /** The stack of the next test. */
  const begin = async (): Promise<Stack> => {
    count++;
    stack = await lab.stack({ project: `registry${count}` });
    declare(true);
    ok(await stack.up());
    return stack;
  };
  return { lab, root, begin, declare, recordOf, labels, inodes, clean };
}
