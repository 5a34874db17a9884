import type { Lab } from "./e2e";
import type { Declared } from "./program";
import type { LabConnection, LabHost } from "./sshd";

/** A jail with a rule, at a root of a host. */
export const movingJail = (lab: Lab, root: string, connection: LabConnection): Declared => ({
  jails: { app: { ...lab.jail(root, { directories: { a: "one" } }), connection } },
  rules: { one: { jail: "app", match: "a", directoryMode: "0711" } },
});

/** Any change of a tree shows in this. */
export const inodesOf = (host: LabHost, root: string): Promise<string> =>
  host.must(`find ${root} -printf '%p %i %C@ %m\\n' | sort`);

export const registries = async (host: LabHost): Promise<string> => (await host.sh("ls /var/lib/pulumi-chroot")).stdout;
