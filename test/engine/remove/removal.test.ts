import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import { type Driven, drive, type FileParts, type JailPart } from "../../support/driven";
import { directory, file, type Given } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const reason = "a test";

describe("a jail that is removed", () => {
  const root = "/srv/jails/deep/jail";
  const quarantine = `${root}/.pulumi-chroot`;
  const www = { uid: 1033, gid: 1033 };
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const jail: JailPart = {
    onDelete: "removeCreated",
    devices: { null: reason },
    directories: { "var/run": reason },
    writable: { data: reason, "var/spool": reason },
  };
  const files: FileParts = {
    sleep: { path: "bin/sleep", content: "a program", mode: "0755" },
    conf: { path: "etc/app/conf", content: "conf", hostLink: "/etc/app.conf" },
    spooled: { path: "data/in/first", content: "first" },
    link: { path: "etc/link", symlinkTo: "app/conf" },
    plain: { path: "etc/plain", content: "plain" },
  };
  const program = (more: JailPart = {}, of = files, at = root): Driven =>
    drive(host.site(at), { ...jail, ...more }, {}, of);
  const up = async (of: Driven, ...names: string[]) => expect(await of.up(...names)).toSucceed();
  const fresh = (given: Given = {}) => {
    host.files.remove("/srv/jails", "/etc/app.conf", registryHome);
    host.files.make(root, given);
  };
  const registry = `${registryHome}/${registryName(root)}`;
  const records = () => host.files.names(registry).filter((name) => name.endsWith(".json"));
  const recordOf = (label: string) =>
    `${registry}/${records().find((name) => host.files.read(`${registry}/${name}`).includes(label))}`;
  const at = (path: string) => `${root}/${path}`;
  /** The entries of a host in the places where a jail is made. */
  const places = () =>
    [...host.walk("/srv"), ...host.walk("/etc")].map(
      ([path, { type, mode, uid, gid, size, target }]) =>
        `${path} ${type} ${mode} ${uid}:${gid} ${type === "file" ? size : ""} ${target ?? ""}`,
    );
  /** The paths in the quarantine, without the names that it has given. */
  const quarantined = () =>
    host.files
      .below(`${root}/.pulumi-chroot`)
      .filter((path) => path.includes("T"))
      .map((path) => path.replace(/^\d+T\d+/, "TIME"));

  test("stays as it is by default, and so does one of which an earlier release has noted nothing", async () => {
    fresh();
    const kept = program({ onDelete: "keep" });
    await up(kept);
    const before = places();
    await kept.forget("jail");
    expect(places()).toStrictEqual(before);
    fresh();
    const old = program();
    await up(old);
    for (const name of records())
      host.files.change(`${registry}/${name}`, (text) => text.replace(/,\s*"created": \{[^}]*\}/, ""));
    for (const name of records()) expect(host.files.read(`${registry}/${name}`)).not.toContain("created");
    await program().forget("jail");
    const left = host.files.below(root);
    expect(left).toContain("dev/null");
    assert.doesNotMatch(left.join(), /bin\/sleep|etc\/app\/conf|first/, "what its files have made is known");
    expect(host.files.told("/etc/app.conf")).toBe("absent");
  });

  test("takes what was changed since, and moves away what others have put there, with owners and modes", async () => {
    fresh();
    await up(program());
    host.files.make(root, {
      "etc/app/conf": file("other\n"),
      "data/www": directory(0o755, www),
      "data/www/deep": directory(0o700, www),
      "data/www/deep/file": file("kept\n", 0o644, www),
      "etc/own": file("root\n", 0o600),
    });
    await program().forget("jail");
    expect(host.files.names(root)).toStrictEqual([".pulumi-chroot"]);
    expect(host.files.told(quarantine)).toBe("root:root 700");
    const found = host.files.below(quarantine).filter((path) => path.includes("T"));
    const told = found.map((path) => `${path.replace(/^[^/]+/, "T")} ${host.files.told(`${quarantine}/${path}`)}`);
    expect(told.sort()).toStrictEqual([
      "T root:www 750",
      "T root:www 770",
      "T/own root:root 600",
      "T/www www:www 755",
      "T/www/deep www:www 700",
      "T/www/deep/file www:www 644",
    ]);
  });

  test("that was there before is as before, but for what was put there", async () => {
    fresh({
      ".": directory(0o750, { gid: 1033 }),
      etc: directory(0o750, { gid: 1033 }),
      data: directory(0o770, { gid: 1033 }),
      "etc/own": file("mine\n", 0o640, { gid: 1033 }),
      "data/file": file("data\n", 0o644, www),
    });
    const before = places();
    await up(program());
    host.files.write(at("var/spool/file"), "spooled\n");
    await program().forget("jail");
    const now = places().filter((path) => !path.includes(".pulumi-chroot"));
    expect(now).toStrictEqual(before);
    expect(quarantined()).toStrictEqual(["TIME-0", "TIME-0/spool", "TIME-0/spool/file"]);
  });

  test("with a root that is the daemon's to write in is emptied by names that the daemon cannot change", async () => {
    fresh();
    // A link from the host to a file of the daemon's is refused.
    const { hostLink: _, ...conf } = { hostLink: "", ...files["conf"], path: "etc/app/conf" };
    const hot = program({ writable: { ".": reason } }, { ...files, conf });
    await up(hot);
    host.files.make(root, { upload: directory(0o755, www), "upload/file": file("x\n", 0o644, www) });
    await program({ writable: { ".": reason } }, { ...files, conf }).forget("jail");
    expect(quarantined()).toStrictEqual(["TIME-0", "TIME-0/file"]);
    const moved = host.files.names(quarantine).find((name) => name.endsWith("-0"));
    expect(host.files.told(`${quarantine}/${moved}`)).toBe("www:www 755");
    expect(host.files.names(root)).toStrictEqual([".pulumi-chroot"]);
    expect(host.files.told(root)).toMatch(/^root:\S+ 750$/);
  });

  test("leaves what another stack declares, the directories above it, and the root", async () => {
    fresh();
    await up(program());
    // Records of another stack, as that one would write them: of a file of ours, and of one that is not there yet.
    const ours = host.files.read(recordOf("JailFile::conf"));
    const theirs = (token: string, path: string) => {
      const text = ours
        .replace(/"token": "[^"]*"/, `"token": "${token}"`)
        .replace(/"stack": "[^"]*"/, '"stack": "other/prod"')
        .replace('"path": "etc/app/conf"', `"path": "${path}"`);
      host.files.make(registry, { [`${token}.json`]: file(text, 0o600) });
    };
    theirs("0123456789abcdef0123456789abcdef", "etc/app/conf");
    theirs("1123456789abcdef0123456789abcdef", "var/run/later");
    host.files.write(at("data/left"), "x\n");
    await program().forget("jail");
    const stays = ["data", "data/left", "etc", "etc/app", "etc/app/conf", "var", "var/run"];
    expect(host.files.below(root)).toStrictEqual(stays);
    expect(host.files.read("/etc/app.conf")).toBe("conf");
    expect(records().length).toBe(2);
  });

  test("knows what a jail has made that was renamed, or whose state was lost, and directories of files that went before", async () => {
    fresh();
    const before = places();
    await up(program());
    await program({}, files).forget("conf");
    const { conf: _, ...less } = files;
    const record = recordOf("Jail::jail");
    const token = "0123456789abcdef0123456789abcdef";
    const text = host.files.read(record).replace(/"token": "[^"]*"/, `"token": "${token}"`);
    host.files.remove(record);
    host.files.make(registry, { [`${token}.json`]: file(text, 0o600) });
    await up(program({}, less));
    await program({}, less).forget("jail");
    expect(places()).toStrictEqual(before);
  });

  test("leaves alone what is excluded", async () => {
    fresh();
    const exclude = { exclude: { "etc/theirs": "somebody else's" } };
    await up(program(exclude));
    host.files.make(root, { "etc/theirs": directory(), "etc/theirs/file": file() });
    await program(exclude).forget("jail");
    expect(host.files.below(root)).toStrictEqual(["etc", "etc/theirs", "etc/theirs/file"]);
  });
});
