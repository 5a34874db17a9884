import * as pulumi from "@pulumi/pulumi";

/**
 * The names that PHP's packages use. `getent passwd` on the host has the last word: change a row if it differs.
 * `certificates` is the host's file of the authorities for https.
 */
export const distributions: Record<string, { user: string; group: string; certificates: string }> = {
  debian: { user: "www-data", group: "www-data", certificates: "/etc/ssl/certs/ca-certificates.crt" },
  rhel: { user: "apache", group: "apache", certificates: "/etc/pki/tls/certs/ca-bundle.crt" },
  alpine: { user: "nobody", group: "nobody", certificates: "/etc/ssl/certs/ca-certificates.crt" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
