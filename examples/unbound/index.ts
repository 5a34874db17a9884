import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

const config = new pulumi.Config();

// Nothing is writable: unbound keeps its cache in memory. Its group may read, as unbound reads its files again, by then
// in the jail and no longer as root, whenever it is reloaded.
const unbound = new chroot.Jail("unbound", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // without it, the key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // without it, the SSH agent or ~/.ssh, and no key is ever stored
  },
  root: "/chroot/unbound", // unbound.conf names it too
  user: "unbound",
  group: "unbound",
  baseline: {
    owner: "root",
    group: "unbound",
    fileMode: "u=rw,g=r,o=",
    directoryMode: "u=rwx,g=rx,o=",
  },
  adopt: config.getBoolean("adopt"),
});

// Does nothing where unbound does not run (yet). Once, also where both files have changed.
const reload = ["systemctl", "try-reload-or-restart", "unbound"];

// The package's file, not one that unbound keeps itself (RFC 5011): whoever breaks into unbound cannot make it trust
// another key. When an update of the package brings a new one, the preview says so and up copies it.
const rootKey = new chroot.JailFile("root.key", {
  jail: unbound,
  path: "etc/unbound/root.key",
  hostFile: config.get("rootKey") ?? "/usr/share/dns/root.key",
  onChange: reload,
  reason: "the key of the DNS root, with which all validation begins",
});

new chroot.JailFile(
  "unbound.conf",
  {
    jail: unbound,
    path: "etc/unbound/unbound.conf",
    source: new pulumi.asset.FileAsset("unbound.conf"),
    // By this one name unbound finds the file on the host, when it starts, and in the jail, when it is reloaded.
    hostLink: "/etc/unbound/unbound.conf",
    overwrite: true, // the package's file is there; the host's registry keeps it
    validate: ["unbound-checkconf", "{file}"],
    validateUser: "unbound", // what unbound may not read, its next reload would not find
    onChange: reload,
    reason: "unbound reads its configuration again after it has changed its root",
  },
  { dependsOn: rootKey }, // unbound-checkconf looks for it
);
