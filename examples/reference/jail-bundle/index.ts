import * as chroot from "pulumi-chroot";

new chroot.JailBundle("named", {
  connection: { host: "ns1.example.com" },
  root: "/chroot/named",
  user: "bind",
  group: "bind",
  // By default root owns every entry, only root can write, and named's group may read.
  baseline: { owner: "root", group: "bind", fileMode: "u=rw,g=r,o=", directoryMode: "u=rwx,g=rx,o=" },
  directories: {
    etc: "named reads named.conf here after it has changed its root",
  },
  writable: {
    "var/run": "named writes its PID file here",
  },
  rules: {
    var: {
      match: "var",
      directoryMode: "u=rwx,g=x,o=",
      reason: "only the way to var/run; nobody lists it",
    },
  },
  files: {
    "named.conf": {
      path: "etc/named.conf",
      content: 'options { directory "/conf"; };',
      reason: "named reads its configuration after it has changed its root",
    },
  },
});
