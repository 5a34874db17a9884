import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

const config = new pulumi.Config();

const connection = {
  host: config.require("host"),
  port: config.getNumber("port"),
  user: config.get("user"),
  hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
  privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
};

// Each user gets a jail: users of a shared jail could read and obstruct each other's files.
for (const user of config.require("users").split(",")) {
  new chroot.Jail(user, {
    connection,
    root: `${config.get("root") ?? "/srv/sftp"}/${user}`,
    user,
    group: user,
    // sshd refuses the login if a jail or a directory above it is not root's, or if its group or others may write it.
    // So the user's directory is one level below the jail. Other users may not read or list it.
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
