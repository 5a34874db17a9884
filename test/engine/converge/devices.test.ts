import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import { differenceText } from "../../../provider/render/text/difference-text";
import { type Driven, drive, errorsOf } from "../../support/driven";
import { blockDevice, charDevice, directory, fifo, file, type Given, link } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const reason = "the daemon reads it";

describe("devices on a host", () => {
  const root = "/srv/jail";
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const program = (): Driven =>
    drive(host.site(root), {
      devices: {
        null: "what nobody wants to read",
        urandom: reason,
        random: { group: "www", mode: "0440", reason },
        "net/ours": {
          type: "character",
          major: 240,
          minor: 7,
          owner: "www",
          group: "www",
          mode: "0460",
          reason,
          allowDangerous: reason,
        },
      },
      exclude: { other: "somebody else's" },
    });
  const told = (path: string) => {
    const { type, content } = host.tree.get(`${root}/${path}`);
    return `${path} ${type} ${content} ${host.files.told(`${root}/${path}`)}`;
  };
  const devices = () => ["dev/null", "dev/urandom", "dev/random", "dev/net/ours"].map(told);
  const fresh = (given: Given = {}) => {
    host.files.remove(root, registryHome);
    host.files.make(root, { ".": directory(), ...given });
  };
  const tree = () => [...host.walk(root)];
  const differences = async (): Promise<Record<string, string>> => {
    const { plan, observation } = await program().assess();
    const texts = plan.differences.map((one) => [one.path, differenceText(one, observation)] as const);
    return Object.fromEntries(
      texts.map(([path, { live, declared, marks }]) => [path, `${live} => ${declared}${marks}`]),
    );
  };
  const declared = [
    "dev/null character device 1:3 root:root 666",
    "dev/urandom character device 1:9 root:root 666",
    "dev/random character device 1:8 root:www 440",
    "dev/net/ours character device 240:7 www:www 460",
  ];

  test("are made with their directories, and left alone then", async () => {
    fresh();
    expect(await program().up()).toSucceed();
    expect(devices()).toStrictEqual(declared);
    const before = tree();
    expect(await differences()).toStrictEqual({});
    expect(await program().up()).toSucceed();
    expect(tree()).toStrictEqual(before);
    expect(host.files.names(root)).toStrictEqual(["dev"]);
  });

  test("that lead elsewhere, are another's, or are something else are put right", async () => {
    const dev = (name: string) => `${root}/dev/${name}`;
    host.files.remove(dev("null"), dev("urandom"), dev("net/ours"));
    host.files.make(dev("."), {
      null: charDevice("1:1", 0o666),
      urandom: file(),
      "net/ours": blockDevice("240:7", 0o644),
    });
    expect(await differences()).toStrictEqual({
      "dev/net/ours": "root:root 0644 block device 240:7 => www:www 0460 character device 240:7",
      "dev/null": "root:root 0666 character device 1:1 => root:root 0666 character device 1:3",
      "dev/urandom": "root:root 0644 file => root:root 0666 character device 1:9",
    });
    expect(await program().up()).toSucceed();
    expect(devices()).toStrictEqual(declared);
    host.files.chmod(0o600, dev("null"));
    host.files.chown("www:root", dev("urandom"));
    host.files.remove(dev("net/ours"));
    host.files.make(dev("."), { "net/ours": link("/dev/sda") });
    expect(await differences()).toStrictEqual({
      "dev/net/ours": "root:root 0777 link => www:www 0460 character device 240:7",
      "dev/null": "root:root 0600 => root:root 0666, LOOSER",
      "dev/urandom": "www:root 0666 => root:root 0666",
    });
    expect(await program().up()).toSucceed();
    expect(devices()).toStrictEqual(declared);
    expect(await differences()).toStrictEqual({});
  });

  test("that nobody has declared are moved away, and only those", async () => {
    host.files.make(root, {
      other: directory(),
      data: directory(),
      "dev/sda": blockDevice("8:0"),
      "other/kept": charDevice("1:1", 0o644),
      "data/mem": charDevice("1:1", 0o644),
    });
    expect(await differences()).toStrictEqual({
      data: "root:root 0755 => root:www 0750",
      "data/mem": "character device 1:1 => absent",
      "dev/sda": "block device 8:0 => absent",
    });
    expect(await program().up()).toSucceed();
    expect(["dev", "data", "other"].map((name) => host.files.names(`${root}/${name}`))).toStrictEqual([
      ["net", "null", "random", "urandom"],
      [],
      ["kept"],
    ]);
    const kept = host.files.names(`${root}/.pulumi-chroot`).filter((name) => name.includes("-"));
    expect(kept.map((name) => told(`.pulumi-chroot/${name}`).replace(/^\S+ /, ""))).toStrictEqual([
      "character device 1:1 root:root 644",
      "block device 8:0 root:root 600",
    ]);
    expect(host.files.told(`${root}/.pulumi-chroot`)).toBe("root:root 700");
    expect(await differences()).toStrictEqual({});
  });

  test("where they would do nothing, and what cannot be written, are refused before anything is touched", async () => {
    const onMount = (options: string) => {
      fresh();
      host.files.chown("root:www", root);
      host.files.chmod(0o750, root);
      host.mount(root, options);
    };
    try {
      onMount("rw,nodev");
      const [{ error } = {}] = await program().up();
      expect(error?.message ?? "").toMatch(
        /the root's file system \(tmpfs\) is mounted nodev: devices do nothing there: mount it with dev, or choose a root elsewhere/,
      );
      expect(host.files.names(root)).toStrictEqual([]);
      onMount("ro");
      expect(errorsOf(await program().up()).join()).toMatch(/mounted ro: nothing can be put right there: mount it rw/);
      const nothing = drive(host.site(root));
      assert.deepEqual(errorsOf(await nothing.up()), [], "nothing differs there");
    } finally {
      host.unmount(root);
    }
  });

  test("with something in the way that is not theirs to replace are refused by its name, and nothing is touched", async () => {
    const cases: [Given, RegExp][] = [
      [
        { "dev/null": directory(), "dev/null/file": file("") },
        /dev\/null is a directory: remove it, or declare another path/,
      ],
      [{ dev: link("/dev") }, /dev, which is above dev\/\S+, is a link that leads nowhere in the jail: remove it/],
      [{ dev: file("") }, /dev, which is above dev\/\S+, is a file: remove it, or declare another path/],
      [{ dev: directory(), "dev/net": fifo() }, /dev\/net, which is above dev\/net\/ours, is a fifo: remove it/],
      [{ "dev/net": directory() }, /dev\/net\/ours is at or below a mount point, which is left/],
    ];
    for (const [given, why] of cases) {
      fresh(given);
      if (given["dev/net"]?.is === "directory") host.mount(`${root}/dev/net`, "rw");
      const before = tree();
      expect((await program().report()).host ?? "").toMatch(why);
      expect(errorsOf(await program().up()).join()).toMatch(why);
      expect(tree()).toStrictEqual(before);
      host.unmount(`${root}/dev/net`);
    }
  });

  test("take the place of a link without what it points to, and of a file, which is kept", async () => {
    fresh({
      "/srv/out": directory(),
      "/srv/out/file": file("out\n"),
      dev: directory(),
      "dev/null": link("/srv/out/file"),
      "dev/urandom": link("/nowhere"),
      "dev/net": directory(),
      "dev/net/ours": file("mine\n"),
    });
    const outside = host.walk("/srv/out");
    expect(await program().up()).toSucceed();
    expect(devices()).toStrictEqual(declared);
    expect(host.walk("/srv/out")).toStrictEqual(outside);
    const backup = `${registryHome}/${registryName(root)}/backup`;
    const kept = host.files.names(backup).filter((name) => name !== "index");
    expect(kept.map((name) => host.files.read(`${backup}/${name}`))).toStrictEqual(["mine\n"]);
  });

  test("of an owner that the host does not know are refused, and nothing is touched", async () => {
    fresh();
    const unknown = drive(host.site(root), {
      devices: {
        ours: {
          type: "character",
          major: 240,
          minor: 7,
          owner: "nobody-here",
          mode: "0600",
          reason,
          allowDangerous: reason,
        },
      },
    });
    expect(errorsOf(await unknown.up()).join()).toMatch(/the host has no user "nobody-here"/);
    expect(host.files.names(root)).toStrictEqual([]);
  });
});
