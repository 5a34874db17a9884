import * as pulumi from "@pulumi/pulumi";

/** The command that makes an account with a group of its name, and the shell of an account without a login. */
export const distributions: Record<string, { addUser: string; nologin: string }> = {
  debian: { addUser: "useradd --user-group --no-create-home --home-dir /", nologin: "/usr/sbin/nologin" },
  rhel: { addUser: "useradd --user-group --no-create-home --home-dir /", nologin: "/sbin/nologin" },
  alpine: { addUser: "adduser -D -H -h /", nologin: "/sbin/nologin" },
};

const chosen = new pulumi.Config().get("distribution") ?? "debian";
const found = distributions[chosen];
if (!found)
  throw new pulumi.RunError(`no distribution "${chosen}" in names.ts: set ${Object.keys(distributions).join(", ")}`);

/** The row that `pulumi config set distribution NAME` chooses. */
export const names = found;
