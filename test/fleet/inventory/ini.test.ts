import { describe, expect, test } from "@jest/globals";
import { InventoryText } from "../../../provider/fleet/inventory/read";

function hostsIn(text: string) {
  const inventory = new InventoryText();
  inventory.addIni({ path: "hosts", text });
  return inventory.hosts();
}

describe("an INI inventory", () => {
  test("gives connections, groups and variables as they are written", () => {
    const text = "[ns:children]\nams\n[ams]\nns[09:11].example.com:2222 ansible_user=me version=1.10 on=yes\n";
    const labels = { group: ["ams", "ns"], version: "1.10", on: "yes" };
    const connection = { port: 2222, user: "me", labels };
    expect(hostsIn(text)).toStrictEqual({
      "ns09.example.com": { host: "ns09.example.com", ...connection },
      "ns10.example.com": { host: "ns10.example.com", ...connection },
      "ns11.example.com": { host: "ns11.example.com", ...connection },
    });
  });

  test("has values that Ansible reads as Python", () => {
    const text = `a q='"x # y"' r="r'\\d'" n="None" m="{'a': 1}" l="['a', 2, \\"b\\"]" u="'\\\\x41\\\\n'" w="[a, b]"\n`;
    expect(hostsIn(text)["a"]?.labels).toStrictEqual({ q: "x # y", r: "\\d", l: ["a", "2", "b"], u: "A\n" });
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ["a\n[g", /^hosts:2: .*\[g.* is not of the form \[first:last\]/],
    ["[a b]", /^hosts:1: \[a b\] is no section\nwrite \[group\]/],
    ["[g:hsts]", /^hosts:1: \[g:hsts\] is no section/],
    ["[g:vars]\nx=1", /^hosts:1: the section \[g:vars\] names the group g, which has no section/],
    ["[g:children]\n\nh", /^hosts:3: the section \[g:children\] names the group h, which/],
    ["[g:children]\na:b", /^hosts:2: the line is no name of a group, in \[g:children\]/],
    ["[a:children]\nb\n[b:children]\nc\n[c:children]\na", /^hosts:6: the group a would be in itself, by way of c/],
    ["[a:children]\na", /^hosts:2: the group a would be in itself/],
    ["[a:children]\nall", /^hosts:2: the group all would be in itself/],
    ["[g]\n[g:vars]\nhunter2", /^hosts:3: the line is no key=value, in \[g:vars\]/],
    ["a ansible_password=one hunter2", /^hosts:1: the word 3 of the line is no key=value\nput quotes/],
    ["a ansible_password='hunter2", /^hosts:1: the line has a quote that does not end/],
    ["a ansible_password=hunter2\\", /^hosts:1: the line ends with a backslash/],
    ["---\nall:", /^hosts:1: the file looks like YAML/],
    ["all:", /^hosts:1: "all:" is no name of a host: a port has to follow/],
    ["a[1:2", /^hosts:1: the range \[1:2 of "a\[1:2" is not of the form/],
    ["a[1:2:3:4]", /is not of the form/],
    ["a[2:1]", /the range \[2:1\] of "a\[2:1\]" ends before it begins/],
    ["a[01:100]", /has a first and a last number of different lengths/],
    ["a[1:9:0]", /has a step of 0/],
    ["a[1:b]", /has a bound that is neither a number nor one letter/],
    ["a[0:999999999]", /means more than 100000 hosts/],
    ["a[1:999][1:999]", /the range \[1:999\] of .* means more than 100000 hosts/],
    ["a b;c=1\n\x1b\u202e ansible_host=b\n'a;b' x=1", /^hosts:3: the host "a;b" has characters in it/],
  ];
  for (const [text, message] of wrong)
    test(`is refused: ${JSON.stringify(text)}`, () => {
      expect(() => hostsIn(text)).toThrow(message);
      expect(() => hostsIn(text)).not.toThrow(/hunter2/);
      expect(() => hostsIn(text)).not.toThrow(/\x1b/);
    });
});
