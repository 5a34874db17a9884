import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import { driftOf, drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({ accounts: account }, (made) => {
  host = made;
});

const directories = { a: "one" };
const rule = { match: "a", directoryMode: "0711" };
const registry = (root: string) => `/var/lib/pulumi-chroot/${registryName(root)}`;
const recordsOf = async (root: string) =>
  (await host.must(`cat ${registry(root)}/*.json | grep -Eo '"(label|declared)": *"[^"]*"'`)).trim().split("\n").sort();

describe("a record whose resource is gone from the program", () => {
  test("is marked by the Jail that takes its paths back, and counts no more for another stack and the script", async () => {
    const site = siteOn(host, "/srv/left");
    const declared = drive(site, { directories }, { one: rule });
    expect(await declared.up()).toSucceed();
    expect(await drive(site, { directories }, {}, {}, ["PermissionRule::one"]).up()).toSucceed();
    expect(await recordsOf(site.root)).toContain('"declared": "no more"');
    expect(await host.must("stat -c %a /srv/left/a")).toBe("750\n");
    assert.deepEqual(await driftOf(drive(site, { directories })), {}, "the turn after it");
    await host.must("chmod 777 /srv/left/a");
    await expect(drive(site, { directories })).toDrift({ a: "root:www 0777 => root:www 0750" });
    const { stdout, code } = await host.sh(`sh ${registry(site.root)}/permissions.sh --check`);
    expect(`${code} ${stdout}`).toMatch(/a\b.*0?750/);
  });
});
