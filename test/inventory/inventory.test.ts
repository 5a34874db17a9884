import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { inventory } from "../../provider/index";

const fixtures = join(__dirname, "..", "..", "..", "test", "fixtures", "inventory");
const names = readdirSync(fixtures).filter((name) => !name.endsWith(".json"));
const folder = mkdtempSync(join(tmpdir(), "chroot-inventory-"));
const before = process.cwd();

beforeAll(() => process.chdir(folder));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return path;
}

describe("an inventory of Ansible has the hosts, connections, groups and variables that ansible-inventory 2.19 prints:", () => {
  expect(names.length).toBeGreaterThan(10);
  for (const name of names)
    test(name, () => {
      const files = ["hosts", "hosts.ini", "hosts.yml", "inventory", "inventory.ini"].map((one) =>
        join(fixtures, name, one),
      );
      const own = inventory(files.find(existsSync) ?? join(fixtures, name));
      const printed = inventory(join(fixtures, `${name}.list.json`));
      expect(Object.keys(own).length).toBeGreaterThan(1);
      const sorted = (hosts: object) => Object.entries(hosts).sort(([one], [other]) => (one < other ? -1 : 1));
      assert.deepEqual(sorted(own), sorted(printed));
    });
});

describe("a path of an inventory", () => {
  const host = { ns1: { host: "ns1" } };

  test("means a file by its name, else by its content", () => {
    expect(inventory(write("a.ini", "ns1"))).toStrictEqual(host);
    expect(inventory(write("hosts", "# one\nns1 # two\n"))).toStrictEqual(host);
    expect(inventory(write("ns.example.com", "\uFEFFns1\r\n"))).toStrictEqual(host);
    expect(inventory(write("b", "# one\n---\nall:\n  hosts:\n    ns1:\n"))).toStrictEqual(host);
    expect(inventory(write("c", "all: {hosts: {ns1: }}\n"))).toStrictEqual(host);
    expect(inventory(write("d", '  {"ns1": {"host": "ns1"}}'))).toStrictEqual(host);
    expect(inventory(write("e.json", '{"all": {"hosts": {"ns1": null}}}'))).toStrictEqual(host);
  });

  test("without a host gives none", () => {
    for (const name of ["a.ini", "b.yml", "hosts"]) expect(inventory(write(name, "# none\n"))).toStrictEqual({});
    expect(inventory(write("c.json", "{}"))).toStrictEqual({});
    expect(inventory(write("d.json", '{"_meta": {"hostvars": {}}}'))).toStrictEqual({});
    mkdirSync(join(folder, "empty"));
    expect(inventory("empty")).toStrictEqual({});
  });

  test("keeps the order of the hosts", () => {
    const hosts = inventory(write("hosts", "[z]\nb\na\n[a]\nc\nb\n"));
    expect(Object.keys(hosts)).toStrictEqual(["b", "a", "c"]);
    expect(hosts["b"]).toStrictEqual({ host: "b", labels: { group: ["a", "z"] } });
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["hosts.py", "#!/usr/bin/env python3\n", /^hosts\.py: the file is a program, .*\nrun ansible-inventory --list -i/],
    ["elf", "\x7fELF\0", /^elf: the file is a program/],
    ["a.toml", "[g]", /^a\.toml: .* TOML/],
    ["aws.yml", "plugin: aws_ec2\n", /^aws\.yml:1: .* plugin .*\nrun ansible-inventory/],
    ["a.json", '{"ns1":\n[}', /^a\.json:2: the file cannot be read: /],
    ["b.json", "{'ns1': {}}", /^b\.json: the file is no JSON/],
    ["c.json", "", /^c\.json: the file is no JSON/],
    ["d.json", "[]", /^d\.json: the file must be an object, not a list/],
    ["a.yml", "- ns1\n", /^a\.yml:1: the file is no map of groups/],
  ];
  for (const [name, text, message] of wrong)
    test(`is refused for ${name}: $JSON.stringify(text)`, () => {
      expect(() => inventory(write(name, text))).toThrow(message);
    });

  test("is refused where nothing is, or where it cannot be read", () => {
    expect(() => inventory("none/hosts")).toThrow(
      /^none\/hosts: there is no such file\ncorrect the path, .*chroot-inv/,
    );
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(() => inventory("pipe")).toThrow(/^pipe: the file is a FIFO/);
  });
});

describe("beside an inventory", () => {
  test("an encrypted file of variables is refused", () => {
    write("group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n");
    expect(() => inventory(write("hosts", "ns1"))).toThrow(
      /^group_vars\/all\/vault\.yml: the file is encrypted by Ansible V/,
    );
  });

  test("files of variables that are wrong are named", () => {
    write("host_vars/ns1.yml", "ansible_port: 22\nansible_user: '{{ me }}'\n");
    expect(() => inventory(write("hosts", "ns1"))).toThrow(
      /^host_vars\/ns1\.yml:2: the host ns1: ansible_user is a template/,
    );
    write("host_vars/ns1.yml", "- ansible_port\n");
    expect(() => inventory("hosts")).toThrow(/^host_vars\/ns1\.yml:1: the file is no map/);
  });

  test("no host's name leads to a file elsewhere", () => {
    write("secret.yml", "ansible_user: stolen\n");
    write("host_vars/ns1.yml", "");
    expect(inventory(write("hosts", "../secret ansible_host=10.0.0.1\n.. ansible_host=10.0.0.2"))).toStrictEqual({
      "../secret": { host: "10.0.0.1" },
      "..": { host: "10.0.0.2" },
    });
  });
});

test("a folder of inventories has no JSON and no configuration of ssh", () => {
  write("all/a.ini", "ns1");
  write("all/b.json", "{}");
  expect(() => inventory("all")).toThrow(/^all\/b\.json: a folder of inventories has files in Ansible's INI and YAML/);
});
