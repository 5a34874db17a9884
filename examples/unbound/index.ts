import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();

// unbound keeps its cache in memory, so it may write nothing. Its group may read: at a reload unbound reads its files again,
// in the jail and no longer as root.
const unbound = new chroot.Jail("unbound", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
  },
  root: "/chroot/unbound", // unbound.conf names this path too
  user: names.user,
  group: names.group,
  baseline: {
    owner: "root",
    group: names.group,
    fileMode: "u=rw,g=r,o=",
    directoryMode: "u=rwx,g=rx,o=",
  },
  adopt: config.getBoolean("adopt"),
});

// The package's key, not one that unbound updates itself (RFC 5011): an intruder in unbound cannot make it trust another
// key. When the package updates the key, preview shows the drift and up copies the new key.
const rootKey = new chroot.JailFile("root.key", {
  jail: unbound,
  path: "etc/unbound/root.key",
  hostFile: config.get("rootKey") ?? names.rootKey,
  onChange: names.reload, // once when both files have changed
  reason: "the key of the DNS root, with which all validation begins",
});

new chroot.JailFile(
  "unbound.conf",
  {
    jail: unbound,
    path: "etc/unbound/unbound.conf",
    source: new pulumi.asset.FileAsset("unbound.conf"),
    // unbound finds the file by this name on the host at its start, and in the jail at a reload.
    hostLink: "/etc/unbound/unbound.conf",
    overwrite: true, // replaces the package's file; the host's registry keeps a copy
    validate: ["unbound-checkconf", "{file}"],
    validateUser: names.user, // fails if unbound may not read the file: its next reload would not find it
    onChange: names.reload, // once when both files have changed
    reason: "unbound reads its configuration again after it has changed its root",
  },
  { dependsOn: rootKey }, // unbound-checkconf checks that the key exists
);
