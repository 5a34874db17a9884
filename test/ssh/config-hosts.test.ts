import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { configuredHosts } from "../../provider/ssh/config-hosts";

const folder = mkdtempSync(join(tmpdir(), "chroot-hosts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const config = write(
  "config",
  `Include d/*.conf
Host ns1 ns1.example.com
  HostName 10.0.0.1
Host *.example.com !ns3 ns? web1 web2
  HostName %h.example.com
host "ns1" 'a b'
Match host ns7
  Include none-%h
Host bad-*
  Include d/late
`,
);
const included = write("d/ns.conf", "Host=ns9 ns10\n  User me\nHost *\n");
write("d/late", "Host late\n");
const files = [{ path: config, folder, isChecked: true }];

test("the hosts of a configuration of ssh are the names of its Host lines, once for each machine, and those of its Includes", () => {
  expect(configuredHosts(config, files)).toStrictEqual(["ns9", "ns10", "ns1", "web1", "web2", "a b", "late"]);
});

test("an included file has its own hosts, by any name of the file", () => {
  symlinkSync(included, join(folder, "link"));
  expect(configuredHosts(included, files)).toStrictEqual(["ns9", "ns10"]);
  expect(configuredHosts(join(folder, "link"), files)).toStrictEqual(["ns9", "ns10"]);
});

test("a file that ssh does not read is refused, and so is a line that ssh would refuse, and a file without an end", () => {
  const other = write("other", "Host ns1\n");
  expect(() => configuredHosts(other, files)).toThrow(
    `${other}: ssh does not read this file: write "Include ${other}"`,
  );
  const broken = write("broken", 'Host "ns1\n');
  expect(() => configuredHosts(broken, [{ path: broken, folder, isChecked: true }])).toThrow(
    `${broken}:1: there is a q`,
  );
  const endless = write("endless", `Include ${join(folder, "endless")}\n`);
  expect(() => configuredHosts(endless, [{ path: endless, folder, isChecked: true }])).toThrow(/includes itself/);
});
