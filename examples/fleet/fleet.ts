import * as chroot from "pulumi-chroot";

// A unit is a site: its three name servers share a stack, and change together.
const units: Record<string, chroot.HostGroup> = {};
for (const [name, host] of Object.entries(chroot.inventory("hosts.ini"))) {
  const site = String(host.labels?.["site"]);
  units[site] = { hosts: { ...units[site]?.hosts, [name]: host }, labels: { site } };
}

const configuration: chroot.GateDeclaration = {
  name: "configuration",
  command: "named-checkconf -t /chroot/named /etc/named.conf",
};

export default chroot.defineFleet({
  name: "zones",
  units,
  declare({ hosts }) {
    for (const [name, connection] of Object.entries(hosts)) {
      const named = new chroot.Jail(name, {
        connection,
        root: "/chroot/named",
        user: "bind",
        group: "bind",
        baseline: { owner: "root", group: "bind", fileMode: "0640", directoryMode: "0750" },
        directories: { "etc/zones": "the zones that this host answers for" },
        writable: { "var/cache": "named's journals" },
      });
      new chroot.JailFile(`${name}-conf`, {
        jail: named,
        path: "etc/named.conf",
        content: 'options { directory "/var/cache"; recursion no; };\n',
        reason: "the same on all hosts",
      });
    }
  },
  waves: [
    // A canary that cannot be reached has failed: it proves nothing.
    { name: "canary", labels: { site: "lab" }, canary: true, gates: [configuration] },
    { name: "half", size: "50%", gates: [configuration] },
    { name: "rest", needsApproval: true },
  ],
  // One broken site is no reason to stop; a second one is.
  maxFailures: 1,
});
