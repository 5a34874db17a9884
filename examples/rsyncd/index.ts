import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();

// root owns every entry. A client that fetches a file gets the file's mode too.
const rsyncd = new chroot.Jail("rsyncd", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
  },
  root: config.get("root") ?? "/srv/rsync", // rsyncd.conf names this path too
  user: names.user,
  group: names.group,
  baseline: {
    owner: "root",
    group: "root",
    fileMode: "u=rw,og=r",
    directoryMode: "u=rwx,og=rx",
  },
  directories: {
    pub: "the module that everybody may fetch from; what is in it comes from root, and no client can change it",
  },
  writable: {
    upload: "the module that clients send to; rsync makes a hidden file there, and renames it when it is complete",
  },
  adopt: config.getBoolean("adopt"),
});

new chroot.PermissionRule("upload", {
  jail: rsyncd,
  match: "upload/**",
  // rsync's temporary files: mode 0600, named .NAME.XXXXXX
  except: ["upload/**/.*.??????"],
  runtime: true,
  owner: names.user,
  group: names.group,
  fileMode: "u=rw,g=r,o=",
  directoryMode: "u=rwx,g=rx,o=",
  reason: "sent by strangers: not a program, and nobody's business until somebody has looked at it",
});
