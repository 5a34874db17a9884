import * as chroot from "pulumi-chroot";

new chroot.Jail("named", {
  connection: { host: "ns1.example.com" },
  root: "/chroot/named",
  user: "bind",
  group: "bind",
  // By default root owns every entry, only root can write, and named's group may read.
  baseline: { owner: "root", group: "bind", fileMode: "u=rw,g=r,o=", directoryMode: "u=rwx,g=rx,o=" },
  directories: {
    etc: "named reads named.conf here after it has changed its root",
  },
});
