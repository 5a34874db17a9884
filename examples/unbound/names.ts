import * as pulumi from "@pulumi/pulumi";

const systemd = ["systemctl", "try-reload-or-restart", "unbound"];
const openrc = ["rc-service", "--ifstarted", "unbound", "reload"];

/**
 * The names that unbound's packages use. `getent passwd` on the host has the last word: change a row if it differs.
 * `reload` is a command that does nothing while unbound does not run.
 */
export const distributions: Record<string, { user: string; group: string; rootKey: string; reload: string[] }> = {
  debian: { user: "unbound", group: "unbound", rootKey: "/usr/share/dns/root.key", reload: systemd },
  rhel: { user: "unbound", group: "unbound", rootKey: "/var/lib/unbound/root.key", reload: systemd },
  alpine: { user: "unbound", group: "unbound", rootKey: "/usr/share/dnssec-root/trusted-key.key", reload: openrc },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
