import * as pulumi from "@pulumi/pulumi";

/**
 * The account that serves. No package brings one: rsync's own default is `nobody`, which other daemons use too.
 * `getent passwd` on the host has the last word: change a row if it differs.
 */
export const distributions: Record<string, { user: string; group: string }> = {
  debian: { user: "rsyncd", group: "rsyncd" },
  rhel: { user: "rsyncd", group: "rsyncd" },
  alpine: { user: "rsyncd", group: "rsyncd" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
