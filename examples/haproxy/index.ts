import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

const config = new pulumi.Config();

// haproxy reads its configuration, certificates and error files, and binds its sockets, before it changes its root.
// After that it opens nothing: the best jail is an empty directory that nobody may write, and that is all there is here.
new chroot.Jail("haproxy", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // without it, the key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // without it, the SSH agent or ~/.ssh, and no key is ever stored
  },
  root: config.get("root") ?? "/chroot/haproxy",
  user: "haproxy",
  group: "haproxy",
  // Not even haproxy's group: of whatever turns up in here, haproxy can see the name and no more.
  baseline: {
    owner: "root",
    group: "root",
    fileMode: "u=r,go=",
    directoryMode: "u=rx,go=rx",
  },
  adopt: config.getBoolean("adopt"),
});
