import { registryName, type Site } from "../../provider/agent/site";
import type { RegistryRecord } from "../../provider/intent/registry-record";
import { siteOn } from "./jail-site";
import type { LabHost } from "./sshd";
import { useHost } from "./use-host";

/** A root that no other test has, and the directory of its registry. */
interface FreshRoot {
  readonly site: Site;
  readonly registry: string;
}

interface RegistryHost {
  freshRoot(): Promise<FreshRoot>;
  /** A rule's record, of this host. */
  recordOf(name: string, args?: Record<string, unknown>): RegistryRecord;
}

export const tokenOf = (name: string) => name.padStart(32, "0");

/** One host for the tests of a file about the registry. */
export function useRegistryHost(start: (host: LabHost) => void = () => undefined): RegistryHost {
  let host: LabHost;
  let machine = "";
  let count = 0;
  useHost({}, async (made) => {
    host = made;
    machine = (await host.must("cat /etc/machine-id")).trim();
    start(host);
  });
  return {
    async freshRoot() {
      const root = `/srv/jail${++count}`;
      await host.must(`mkdir ${root}`);
      const site = siteOn(host, root, { perDialTimeout: 4 });
      return { site, registry: `/var/lib/pulumi-chroot/${registryName(root)}` };
    },
    recordOf(name, args = {}) {
      const token = tokenOf(name);
      const label = `PermissionRule::${token}`;
      return { schema: 1, kind: "PermissionRule", token, label, stack: "p/s", machine, args };
    },
  };
}
