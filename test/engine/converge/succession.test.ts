import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import type { JailSession } from "../../../provider/engine/session/jail-session";
import type { Declaration } from "../../../provider/intent/declaration";
import { driftOf, drive, errorsOf } from "../../support/driven";
import { file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";
import { newSession } from "../../support/session";

let host: MemoryHost;
useMemoryHost({ accounts: account }, (made) => {
  host = made;
});

const directories = { a: "one" };
const rule = { match: "a", directoryMode: "0711" };
const registry = (root: string) => `${registryHome}/${registryName(root)}`;
const recordFiles = (root: string) => host.files.names(registry(root)).filter((name) => name.endsWith(".json"));
const recordsOf = (root: string) =>
  recordFiles(root)
    .flatMap((name) => host.files.read(`${registry(root)}/${name}`).match(/"(label|declared)": *"[^"]*"/g) ?? [])
    .sort();
const token = "6a61696c".padEnd(32, "0");
const other = "b".repeat(32);

/** A rule of another stack for a jail that a stack of its own declares. */
function guest(root: string): { session: JailSession; declaration: Declaration } {
  const session = newSession(host.site(root));
  const owner = { token: "a".repeat(32), label: "PermissionRule::guest" };
  const declaration = { kind: "PermissionRule", owner, args: { ...rule, reason: "a test" } };
  session.declare(declaration, "urn:pulumi:dev::guest::pulumi-nodejs:dynamic/chroot:PermissionRule::guest", undefined);
  return { session, declaration };
}

describe("a record whose resource is gone from the program", () => {
  test("is watched and repaired by the Jail as long as nobody knows whether it may come later", async () => {
    const site = host.site("/srv/late");
    expect(await drive(site, { directories }, { late: rule }).up()).toSucceed();
    host.files.chmod(0o777, "/srv/late/a");
    const jail = drive(site, { directories });
    expect([...(await jail.report()).texts.keys()]).toStrictEqual(["a"]);
    expect(await jail.up()).toSucceed();
    expect(host.files.told("/srv/late/a")).toBe("root:www 711");
    await expect(drive(site, { directories })).toDrift({});
  });
});

describe("a Jail under another name", () => {
  test("takes the place of the one before, whose record goes", async () => {
    const site = host.site("/srv/renamed");
    expect(await drive(site, { directories }).up()).toSucceed();
    const text = host.files.read(`${registry(site.root)}/${token}.json`);
    const before = text.replaceAll("Jail::jail", "Jail::before").replaceAll(token, other).replaceAll("0750", "0700");
    host.files.make(registry(site.root), { [`${other}.json`]: file(before, 0o600) });
    expect(recordsOf(site.root).length).toBe(2);
    expect(await drive(site, { directories }).up()).toSucceed();
    expect(recordsOf(site.root)).toStrictEqual(['"label": "Jail::jail"']);
  });

  test("takes a root over from a stack that is gone, whose other records count no more", async () => {
    const site = host.site("/srv/over");
    expect(await drive(site, { directories }, { one: rule }).up()).toSucceed();
    for (const name of recordFiles(site.root))
      host.files.change(`${registry(site.root)}/${name}`, (text) =>
        text.replaceAll("test/dev", "gone/dev").replaceAll(token, other),
      );
    host.tree.rename(`${registry(site.root)}/${token}.json`, `${registry(site.root)}/${other}.json`);
    const [refused = ""] = errorsOf(await drive(site, { directories }).up());
    expect(refused).toMatch(/Jail::jail of stack gone\/dev declares this root too.*takeOverFrom: "gone\/dev"/s);
    const taking = () => drive(site, { directories, takeOverFrom: "gone/dev" }, { one: rule });
    await expect(taking()).toDrift({});
    expect(await taking().up()).toSucceed();
    assert.deepEqual(await driftOf(drive(site, { directories }, { one: rule })), {}, "and has it from then on");
    expect(await drive(site, { directories }, { one: rule }).up()).toSucceed();
    expect(recordFiles(site.root).length).toBe(2);
  });
});

describe("what is deleted after its jail's stack", () => {
  test("leaves nothing in the registry", async () => {
    const site = host.site("/srv/child");
    const base = drive(site, { directories });
    expect(await base.up()).toSucceed();
    const { session, declaration } = guest(site.root);
    expect([await session.converge(declaration)]).toSucceed();
    await base.forget("jail");
    await guest(site.root).session.forget("a".repeat(32));
    expect(host.files.names(registry(site.root))).toStrictEqual([]);
    host.files.remove("/srv/child");
  });

  test("is deleted where the root is gone, too", async () => {
    const site = host.site("/srv/child");
    const base = drive(site, { directories, onDelete: "removeCreated" });
    expect(await base.up()).toSucceed();
    const { session, declaration } = guest(site.root);
    expect([await session.converge(declaration)]).toSucceed();
    await base.forget("jail");
    host.files.remove("/srv/child");
    await guest(site.root).session.forget("a".repeat(32));
    expect(host.files.names(registry(site.root))).toStrictEqual([]);
  });
});
