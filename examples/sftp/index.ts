import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

const config = new pulumi.Config();

const connection = {
  host: config.require("host"),
  port: config.getNumber("port"),
  user: config.get("user"),
  hostKey: config.get("hostKey"), // without it, the key in ~/.ssh/known_hosts
  privateKey: config.getSecret("privateKey"), // without it, the SSH agent or ~/.ssh, and no key is ever stored
};

// A jail for each: users of one jail could read, and put things in the way of, each other's files.
for (const user of config.require("users").split(",")) {
  new chroot.Jail(user, {
    connection,
    root: `${config.get("root") ?? "/srv/sftp"}/${user}`,
    user,
    group: user,
    // sshd refuses the login where a jail, or a directory above it, is not root's, or its group or others may write it.
    // So the user's place is one further down. Neither it nor its names are anybody else's business.
    baseline: {
      owner: "root",
      group: user,
      fileMode: "u=rw,g=r,o=",
      directoryMode: "u=rwx,g=rx,o=",
    },
    writable: {
      upload: `${user} puts files here, and whoever processes them takes them from here`,
    },
    adopt: config.getBoolean("adopt"),
  });
}
