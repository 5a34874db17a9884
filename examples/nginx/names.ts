import * as pulumi from "@pulumi/pulumi";

/**
 * The names that nginx's packages use. `getent passwd` on the host has the last word: change a row if it differs.
 * `temporary` is the directory, compiled into nginx, in which it makes others for large bodies and answers.
 */
export const distributions: Record<string, { user: string; group: string; temporary: string }> = {
  debian: { user: "www-data", group: "www-data", temporary: "var/lib/nginx" },
  rhel: { user: "nginx", group: "nginx", temporary: "var/lib/nginx/tmp" },
  alpine: { user: "nginx", group: "nginx", temporary: "var/lib/nginx/tmp" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
