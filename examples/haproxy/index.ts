import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();

// haproxy reads its configuration, certificates and error files, and binds its sockets, before it changes its root.
// After that it opens nothing, so the best jail is an empty directory that only root may write.
new chroot.Jail("haproxy", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
  },
  root: config.get("root") ?? "/chroot/haproxy",
  user: names.user,
  group: names.group,
  // root's group, not haproxy's: haproxy can see the names of files that turn up here, but not read them.
  baseline: {
    owner: "root",
    group: "root",
    fileMode: "u=r,go=",
    directoryMode: "u=rx,go=rx",
  },
  adopt: config.getBoolean("adopt"),
});
