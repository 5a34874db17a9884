import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();

const connection = {
  host: config.require("host"),
  port: config.getNumber("port"),
  user: config.get("user"),
  hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
  privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
};

const users = config.require("users").split(",");

// Each user gets a jail: users of a shared jail could read and obstruct each other's files.
for (const user of users) {
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

/** The commands that make the accounts of a new host. sshd refuses keys too where the password is locked, hence the `*`. */
export const accounts = users.map(
  (user) => `${names.addUser} -s ${names.nologin} ${user} && echo '${user}:*' | chpasswd -e`,
);
