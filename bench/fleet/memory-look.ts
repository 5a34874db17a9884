import { stackStateOf } from "../../provider/drift/stack-state";
import type { HostConnections } from "../../provider/ssh/connections";
import { MemoryHost, startMemoryHost, stopMemoryHost } from "../../test/support/memory-host/memory-host";
import { www } from "../jail";
import { width } from "../many-hosts";
import { declaredState, stateText } from "./declared";
import { measuredLook } from "./look";

const root = "/srv/jail";
const accounts = { www };
/** Kinds of drift, each with a path of its own: more than a report has lines for. */
const kinds = 40;
/** Hosts that the code of a look is compiled on before it is measured. */
const warmUp = 200;

/** A host with a jail of 50 entries in which nothing differs, and the resource of its state. */
async function converged(): Promise<{ host: MemoryHost; resource: object }> {
  const host = startMemoryHost({ accounts });
  for (const path of ["etc", "lib"]) host.tree.mkdirs(`${root}/${path}`);
  for (let file = 1; file <= 47; file++) host.tree.write(`${root}/lib/${file}`, "");
  const [resource = {}] = await declaredState([{ ...host.site(root), adopt: true }]);
  stopMemoryHost(host);
  return { host, resource };
}

/**
 * Looks at so many hosts in memory. A host is made when it is dialled, with the trees of a host that the product has converged, so
 * that the memory of the process is the product's. Two in five hosts differ, by one mode.
 */
async function main(count: number): Promise<void> {
  const hosts = await Promise.all(Array.from({ length: kinds + 1 }, converged));
  for (const [kind, { host }] of hosts.entries())
    if (kind > 0) host.tree.chmod(host.tree.get(`${root}/lib/${kind}`), 0o666);
  const kindOf = (index: number) => (index % 100 < kinds ? 1 + (index % 100) : 0);
  const connections: HostConnections = {
    async open({ host: name }, command) {
      const like = hosts[kindOf(Number(name.slice(1)))]?.host;
      const host = new MemoryHost({ accounts });
      for (const path of [root, "/var/lib/pulumi-chroot"]) {
        const [, above = "", last = ""] = /^(.*)\/(.*)$/.exec(path) ?? [];
        const inode = like?.tree.find(path);
        if (inode) host.tree.get(above).children.set(last, inode);
      }
      return host.open({ ...host.connection }, command);
    },
    waitFor: async () => undefined,
    close: async () => undefined,
  };
  const [{ host, resource } = { host: new MemoryHost(), resource: {} }] = hosts;
  // All have one URN, as their registries have: each host is looked at by itself.
  const stacksOf = (many: number) => {
    const one = JSON.stringify(resource);
    const resources = Array.from({ length: many }, (_, index): object =>
      JSON.parse(one.replaceAll(host.connection.host, `h${index}`)),
    );
    return [stackStateOf("fleet", stateText(resources))];
  };
  await measuredLook({ name: "fleet", stacks: stacksOf(warmUp), width, connections });
  console.log(JSON.stringify(await measuredLook({ name: "fleet", stacks: stacksOf(count), width, connections })));
}

void main(Number(process.argv[2]));
