import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import type { JailSession } from "../../../provider/engine/session/jail-session";
import type { Declaration } from "../../../provider/intent/declaration";
import { driftOf, drive, errorsOf } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { newSession } from "../../support/session";
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

/** A rule of another stack for a jail that a stack of its own declares. */
function guest(root: string): { session: JailSession; declaration: Declaration } {
  const session = newSession(siteOn(host, root));
  const owner = { token: "a".repeat(32), label: "PermissionRule::guest" };
  const declaration = { kind: "PermissionRule", owner, args: { ...rule, reason: "a test" } };
  session.declare(declaration, "urn:pulumi:dev::guest::pulumi-nodejs:dynamic/chroot:PermissionRule::guest", undefined);
  return { session, declaration };
}

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

  test("is watched and repaired by the Jail as long as nobody knows whether it may come later", async () => {
    const site = siteOn(host, "/srv/late");
    expect(await drive(site, { directories }, { late: rule }).up()).toSucceed();
    await host.must("chmod 777 /srv/late/a");
    const jail = drive(site, { directories });
    expect([...(await jail.report()).texts.keys()]).toStrictEqual(["a"]);
    expect(await jail.up()).toSucceed();
    expect(await host.must("stat -c %a /srv/late/a")).toBe("711\n");
    await expect(drive(site, { directories })).toDrift({});
  });
});

describe("a Jail under another name", () => {
  test("takes the place of the one before, whose record goes", async () => {
    const site = siteOn(host, "/srv/renamed");
    expect(await drive(site, { directories }).up()).toSucceed();
    await host.must(`cd ${registry(site.root)} && for f in *.json; do
      sed 's/Jail::jail/Jail::before/; s/${"6a61696c".padEnd(32, "0")}/${"b".repeat(32)}/; s/0750/0700/' $f >${"b".repeat(32)}.json; done`);
    expect((await recordsOf(site.root)).length).toBe(2);
    expect(await drive(site, { directories }).up()).toSucceed();
    expect(await recordsOf(site.root)).toStrictEqual(['"label": "Jail::jail"']);
  });

  test("takes a root over from a stack that is gone, whose other records count no more", async () => {
    const site = siteOn(host, "/srv/over");
    expect(await drive(site, { directories }, { one: rule }).up()).toSucceed();
    await host.must(`sed -i 's,test/dev,gone/dev,; s/${"6a61696c".padEnd(32, "0")}/${"b".repeat(32)}/' ${registry(site.root)}/*.json
      cd ${registry(site.root)} && mv ${"6a61696c".padEnd(32, "0")}.json ${"b".repeat(32)}.json`);
    const [refused = ""] = errorsOf(await drive(site, { directories }).up());
    expect(refused).toMatch(/Jail::jail of stack gone\/dev declares this root too.*takeOverFrom: "gone\/dev"/s);
    const taking = () => drive(site, { directories, takeOverFrom: "gone/dev" }, { one: rule });
    await expect(taking()).toDrift({});
    expect(await taking().up()).toSucceed();
    assert.deepEqual(await driftOf(drive(site, { directories }, { one: rule })), {}, "and has it from then on");
    expect(await drive(site, { directories }, { one: rule }).up()).toSucceed();
    expect((await host.must(`ls ${registry(site.root)}/*.json | wc -l`)).trim()).toBe("2");
  });
});

describe("what is deleted after its jail's stack", () => {
  test("leaves nothing in the registry", async () => {
    const site = siteOn(host, "/srv/child");
    const base = drive(site, { directories });
    expect(await base.up()).toSucceed();
    const { session, declaration } = guest(site.root);
    expect([await session.converge(declaration)]).toSucceed();
    await base.forget("jail");
    await guest(site.root).session.forget("a".repeat(32));
    expect((await host.sh(`ls -A ${registry(site.root)}`)).stdout).toBe("");
    await host.must("rm -r /srv/child");
  });

  test("is deleted where the root is gone, too", async () => {
    const site = siteOn(host, "/srv/child");
    const base = drive(site, { directories, onDelete: "removeCreated" });
    expect(await base.up()).toSucceed();
    const { session, declaration } = guest(site.root);
    expect([await session.converge(declaration)]).toSucceed();
    await base.forget("jail");
    await host.must("rm -rf /srv/child");
    await guest(site.root).session.forget("a".repeat(32));
    expect((await host.sh(`ls -A ${registry(site.root)}`)).stdout).toBe("");
  });
});
