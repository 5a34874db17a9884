import * as pulumi from "@pulumi/pulumi";

/**
 * The names that haproxy's packages use: so far, all the same.
 * `getent passwd` on the host has the last word: change a row if it differs.
 */
export const distributions: Record<string, { user: string; group: string }> = {
  debian: { user: "haproxy", group: "haproxy" },
  rhel: { user: "haproxy", group: "haproxy" },
  alpine: { user: "haproxy", group: "haproxy" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
