import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();

// root owns every entry, above all the code. Only PHP's group may read, because code holds passwords.
const php = new chroot.Jail("php", {
  connection: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.get("hostKey"), // default: the host's key in ~/.ssh/known_hosts
    privateKey: config.getSecret("privateKey"), // default: the SSH agent or ~/.ssh; then the state holds no key
  },
  root: config.get("root") ?? "/srv/php", // pool.conf names this path too
  user: names.user,
  group: names.group,
  baseline: {
    owner: "root",
    group: names.group,
    fileMode: "u=rw,g=r,o=",
    directoryMode: "u=rwx,g=rx,o=",
  },
  directories: {
    www: "the code, which comes from root: a worker that is broken into must not change what the next one runs",
  },
  writable: {
    sessions: "PHP keeps a file for each session here",
    tmp: "uploads, until the code has moved them, and temporary files",
  },
  adopt: config.getBoolean("adopt"),
});

for (const match of ["sessions", "tmp"])
  new chroot.PermissionRule(match, {
    jail: php,
    match,
    directoryMode: "u=rwx,g=wx,o=",
    special: ["sticky"],
    reason:
      "nobody lists it, as names of sessions are as good as passwords; what root puts there, root alone takes away",
  });

new chroot.PermissionRule("sessions/*", {
  jail: php,
  match: "sessions/*",
  runtime: true,
  owner: names.user,
  group: names.group,
  fileMode: "u=rw,go=",
  reason: "as PHP makes them: a session is somebody's login",
});

// A worker changes its root before it opens these files. Copies become outdated, so they are declared as the host's files:
// after an update of the host, the next preview shows each copy that differs.
const zoneinfo = "usr/share/zoneinfo";
const zones = config.getObject<string[]>("zones") ?? ["UTC", "Europe/Paris"];
const hostFiles: Record<string, string> = {
  "etc/hosts": "names that no name server knows, localhost above all",
  "etc/nsswitch.conf": "where names are looked up, and in which order",
  "etc/resolv.conf": "the name servers",
  ...Object.fromEntries(
    zones.map((zone) => [
      `${zoneinfo}/${zone}`,
      "Debian's PHP has no time zones of its own, and ends without the default one",
    ]),
  ),
};
for (const [path, reason] of Object.entries(hostFiles))
  new chroot.JailFile(path, { jail: php, path, hostFile: `/${path}`, reason });

// One place in the jail, so that pool.conf is the same everywhere.
const certificates = "etc/ssl/certs/ca-certificates.crt";
new chroot.JailFile(certificates, {
  jail: php,
  path: certificates,
  hostFile: names.certificates,
  reason: "the authorities that https:// is checked against",
});

new chroot.JailFile("index.php", {
  jail: php,
  path: "www/index.php",
  source: new pulumi.asset.FileAsset(join(__dirname, "index.php")),
  validate: ["php", "-l", "{file}"],
  validateUser: names.user, // php only reads the file, so it needs no root
  reason: "tells whether the jail has what PHP needs",
});
