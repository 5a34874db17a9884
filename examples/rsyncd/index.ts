import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

const config = new pulumi.Config();

// root owns everything. The modes are the ones that files have at the clients that fetch them.
const rsyncd = new chroot.Jail("rsyncd", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // without it, the key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // without it, the SSH agent or ~/.ssh, and no key is ever stored
  },
  root: config.get("root") ?? "/srv/rsync", // rsyncd.conf names it too
  user: "rsyncd",
  group: "rsyncd",
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
  // rsync's own, while a file is on its way: it has 0600, and the name .NAME.XXXXXX
  except: ["upload/**/.*.??????"],
  runtime: true,
  owner: "rsyncd",
  group: "rsyncd",
  fileMode: "u=rw,g=r,o=",
  directoryMode: "u=rwx,g=rx,o=",
  reason: "sent by strangers: not a program, and nobody's business until somebody has looked at it",
});
