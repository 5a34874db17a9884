import * as pulumi from "@pulumi/pulumi";

/** The names that BIND's packages use. `getent passwd` on the host has the last word: change a row if it differs. */
export const distributions: Record<string, { user: string; group: string; configuration: string }> = {
  debian: { user: "bind", group: "bind", configuration: "/etc/bind/named.conf" },
  rhel: { user: "named", group: "named", configuration: "/etc/named.conf" },
  alpine: { user: "named", group: "named", configuration: "/etc/bind/named.conf" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
