import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

const config = new pulumi.Config();
const port = config.getNumber("listen") ?? 80;
const root = config.get("root") ?? "/chroot/nginx";

// nginx has no option to change its root. So the jail holds its program and libraries, and a script on the host starts it
// there: as its own user from the start, with one capability, to listen on a low port. nginx opens no device and looks up
// no user (strace shows this), so the jail holds no devices and no accounts.
const nginx = new chroot.Jail("nginx", {
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
  baseline: { owner: "root", group: names.group, fileMode: "u=rw,g=r,o=", directoryMode: "u=rwx,og=rx" },
  binaries: { "/usr/sbin/nginx": "serves the site" },
  hostFiles: { localtime: "times in the logs are the host's" },
  mounts: {
    "srv/www": {
      type: "bind",
      source: config.get("site") ?? "/srv/www",
      reason: "the site, where its authors put it; nginx cannot write it, whoever owns it",
    },
    [names.temporary]: {
      type: "tmpfs",
      size: "64m",
      group: names.group,
      mode: "0770",
      reason:
        "request bodies and answers of upstreams that are too large for memory: never on a disk, never more than this",
    },
    run: {
      type: "tmpfs",
      size: "1m",
      group: names.group,
      mode: "0770",
      reason: "PID file, which no restart of the host keeps",
    },
  },
  writable: { "var/log/nginx": "access and error log" },
  undeclared: "prune", // any other entry is drift, and up moves it to .pulumi-chroot
  onDelete: config.get<"keep" | "removeCreated">("onDelete"), // default: pulumi destroy keeps the jail, and nginx goes on
  adopt: config.getBoolean("adopt"),
});

const configuration = new chroot.JailFile("nginx.conf", {
  jail: nginx,
  path: "etc/nginx/nginx.conf",
  content: `# Written by pulumi-chroot.
daemon off;
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log /var/log/nginx/access.log;
  server {
    listen ${port};
    root /srv/www;
  }
}
`,
  hostLink: "/etc/nginx-jail.conf",
  reason: "nginx reads it in the jail; people find it at /etc/nginx-jail.conf",
});

new chroot.JailFile("mime.types", {
  jail: nginx,
  path: "etc/nginx/mime.types",
  hostFile: "/etc/nginx/mime.types",
  reason: "the package's list; it is kept equal to the host's when that is upgraded",
});

new chroot.Wrapper(
  "nginx",
  {
    jail: nginx,
    path: config.get("launcher") ?? "/usr/local/sbin/nginx-jail",
    command: ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-e", "/var/log/nginx/error.log"],
    capabilities: { net_bind_service: "ports below 1024" },
    limits: { nofile: 4096 },
    reason: "nginx cannot change its root itself",
  },
  { dependsOn: configuration },
);
