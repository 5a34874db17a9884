import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { declareFiles } from "./files";
import { names } from "./names";

const config = new pulumi.Config();
const root = config.get("root") ?? "/chroot/named";

// By default root owns every entry, only root can write, and named's group may read.
const named = new chroot.Jail("named", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
  },
  root,
  user: names.user,
  group: names.group,
  baseline: {
    owner: "root",
    group: names.group,
    fileMode: "u=rw,og=r",
    directoryMode: "u=rwx,og=rx",
  },
  directories: {
    etc: "named reads named.conf here after it has changed its root",
    conf: "zones that this server is the master of",
  },
  writable: {
    "conf/secondaries": "files from master nameservers are parked here; named creates and replaces them",
    "var/run": "named writes its PID file here",
  },
  adopt: config.getBoolean("adopt"),
});

new chroot.PermissionRule("secondaries", {
  jail: named,
  match: "conf/secondaries/**",
  runtime: true,
  owner: names.user,
  group: names.group,
  fileMode: "ug=r,o=",
  reason: "a transferred zone is replaced as a whole, never edited, and is nobody else's business",
});

new chroot.PermissionRule("var", {
  jail: named,
  match: "var",
  owner: "root",
  group: "root",
  directoryMode: "u=rwx,og=x",
  reason: "only the way to var/run; nobody lists it",
});

new chroot.PermissionRule("var/run", {
  jail: named,
  match: "var/run",
  directoryMode: "ug=rwx,o=rx",
  reason: "anybody may read the PID, to see whether named runs",
});

// Without a key the admin brings the files in, and the program declares only their owners and modes.
const rndcKey = config.getSecret("rndcKey");
if (rndcKey) declareFiles(named, root, rndcKey);
