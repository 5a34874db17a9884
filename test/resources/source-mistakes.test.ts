import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { jailFileKind } from "../../provider/resources/jail-file/kind";
import { mistakesOf } from "../../provider/resources/program-mistakes";

const { AssetArchive, FileArchive, FileAsset, RemoteAsset, StringAsset } = pulumi.asset;
const urn = "urn:pulumi:dev::proj::pulumi-nodejs:dynamic/chroot:JailFile::f";

/** As a program gives it; the turn ends when the event loop comes round. */
const found = (args: pulumi.Inputs, waits = false) => {
  const end = new Promise<void>((resolve) => setImmediate(resolve));
  const jail = { connection: { host: "h", privateKey: "-----BEGIN K" }, root: "/srv/jail" };
  return mistakesOf(jailFileKind, urn, { jail, path: "etc/f", reason: "a test", ...args }, { end, waits });
};

describe("a source that cannot be read is a mistake of the program", () => {
  let directory: string;
  const inside = (name: string) => join(directory, name);
  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "x", state: {} }), call: () => ({}) });
    directory = mkdtempSync(join(tmpdir(), "source-"));
    mkdirSync(inside("conf.d"));
    writeFileSync(inside("conf.d/a.conf"), "a\n");
    writeFileSync(inside("packed.zip"), "");
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("a missing file, also as an entry", async () => {
    const none = inside("none");
    const words = [`JailFile::f: source: cannot read ${none}: ENOENT: no such file or directory, access '${none}'`];
    expect(await found({ source: new FileAsset(none) })).toStrictEqual(words);
    expect(await found({ source: new AssetArchive({ a: new FileAsset(none) }), entry: "a" })).toStrictEqual(words);
    expect(await found({ source: new FileArchive(directory), entry: "none" })).toStrictEqual(words);
    // Another resource may make it first.
    expect(await found({ source: new FileAsset(none) }, true)).toStrictEqual([]);
  });

  test("an entry that an archive does not have, or that leaves it", async () => {
    const archive = new AssetArchive({ a: new StringAsset("a"), d: new FileArchive(inside("conf.d")) });
    const one = async (entry: string, source: pulumi.asset.Archive = archive) =>
      (await found({ source, entry })).join();
    expect(await one("b")).toBe("JailFile::f: source: the archive has no entry b, it has a, d");
    expect(await one("d/../packed.zip")).toMatch(/the entry \.\.\/packed\.zip leaves the archive$/);
    expect(await one("d/b.conf")).toMatch(/cannot read .*conf\.d\/b\.conf: ENOENT/);
    expect(await one("a", new FileArchive(inside("packed.zip")))).toMatch(/packed\.zip is a packed archive: unpack it/);
  });

  test("an asset elsewhere, an archive without an entry, and an entry of an asset", async () => {
    const elsewhere = await found({ source: new RemoteAsset("https://h/x") });
    expect(elsewhere.join()).toMatch(/^JailFile::f: source: is elsewhere: download it/);
    const whole = await found({ source: new FileArchive(directory) });
    expect(whole.join()).toMatch(/^JailFile::f: source: is an archive: name the file in it as entry$/);
    const entry = await found({ source: new StringAsset("x"), entry: "a" });
    expect(entry.join()).toMatch(/^JailFile::f: entry: names an entry of an archive, but source is not an archive$/);
  });

  test("and one that can be read, or is not known at the end of the turn, is none", async () => {
    const archive = new AssetArchive({ a: new StringAsset("a"), d: new FileArchive(inside("conf.d")) });
    expect(await found({ source: archive, entry: "d/a.conf" })).toStrictEqual([]);
    expect(await found({ source: new FileAsset(inside("conf.d/a.conf")) })).toStrictEqual([]);
    const never = new Promise<string>(() => undefined);
    const failed = Promise.reject(new Error("no"));
    const later = new AssetArchive(never as unknown as Promise<pulumi.asset.AssetMap>);
    for (const source of [
      new FileAsset(never),
      new StringAsset(failed),
      Promise.resolve(archive),
      pulumi.output(archive),
    ])
      expect(await found({ source })).toStrictEqual([]);
    expect(await found({ source: later, entry: "b" })).toStrictEqual([]);
    expect(await found({ source: archive, entry: pulumi.output("b") })).toStrictEqual([]);
  });
});
