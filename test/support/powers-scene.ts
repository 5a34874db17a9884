import { expect } from "@jest/globals";
import { ok, useLab } from "./e2e";
import { account, type Declared, type DeclaredRule } from "./program";
import type { Stack } from "./stack";

/** A host for the tests of one file, with a stack that declares a jail with ACLs, capabilities and special bits. */
export function usePowers() {
  const lab = useLab({ accounts: { ...account, backup: { uid: 1034, gid: 1034 } } });
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  /** As getfacl prints it, in one line. */
  const acl = async (path: string) => (await must(`getfacl -cpE ${path}`)).trim().replaceAll("\n", " ");
  const plain = "user::rwx group::r-x other::---";
  const shared = "user::rwx user:backup:r-x group::r-x mask::r-x other::---";
  const declaration = (more: Record<string, DeclaredRule> = {}): Declared => ({
    jails: {
      app: lab.jail("/srv/app", { directories: { bin: "programs", share: "for backups", log: "what it says" } }),
    },
    rules: {
      backup: { jail: "app", match: "share", acl: ["user:backup:rX"] },
      made: { jail: "app", match: "log", acl: ["default:user:backup:rX"] },
      shared: { jail: "app", match: "share", special: ["setgid"] },
      ping: { jail: "app", match: "bin/ping", fileMode: "0750", capabilities: "cap_net_raw=ep" },
      ...more,
    },
  });
  const clean = async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(/6 unchanged/);
    return preview;
  };
  const begin = async (): Promise<Stack> => {
    stack = await lab.stack();
    stack.declare(declaration());
    return stack;
  };
  /** The same, after an up, and with a bin/ping that is as declared. */
  const beginWithPing = async (): Promise<Stack> => {
    await begin();
    ok(await stack.up());
    await must("cp /bin/true bin/ping && chgrp www bin/ping && chmod 750 bin/ping && setcap cap_net_raw+ep bin/ping");
    return stack;
  };
  return { must, acl, plain, shared, declaration, clean, begin, beginWithPing };
}
