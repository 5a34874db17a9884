import * as chroot from "pulumi-chroot";

new chroot.JailFleet("named", {
  hosts: {
    ns1: { host: "ns1.example.com", labels: { site: "ams" } },
    ns2: { host: "ns2.example.com", labels: { site: "fra" } },
    ns3: { host: "ns3.example.com", labels: { site: "fra" } },
  },
  waves: [{ name: "canary", size: 1, canary: true, gates: [{ dns: { name: "www.example.com" } }] }, { name: "rest" }],
  // In TypeScript a function declares the jails of a host, so that hosts may differ.
  declare: ({ name, connection }, options) =>
    new chroot.JailBundle(
      name,
      {
        connection,
        root: "/chroot/named",
        user: "bind",
        group: "bind",
        baseline: { owner: "root", group: "bind", fileMode: "u=rw,g=r,o=", directoryMode: "u=rwx,g=rx,o=" },
        writable: { "var/run": "named writes its PID file here" },
      },
      options,
    ),
});
