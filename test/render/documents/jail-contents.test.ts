import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Declaration } from "../../../provider/intent/declaration";
import type { FileClaim } from "../../../provider/intent/file-claim";
import { merge } from "../../../provider/intent/merge";
import { type Bytes, bytesOf } from "../../../provider/model/bytes";
import type { Closure } from "../../../provider/observe/elf/result";
import { documents } from "../../../provider/render/documents/documents";
import { mountClaims } from "../../../provider/resources/jail/mounts";
import { kinds } from "../../../provider/resources/kinds";
import { noContents } from "../script-cases";

const parts = { head: "#!/bin/sh", settings: "", engine: "" };
const hostile = "first\n rm -rf /\r# `id` $(id)\u2028\x1b[2J | <script>alert(1)</script> | [x](javascript:y) \\| `";
const owner = { label: "Jail::jail" };
const args = {
  root: "/srv/jail",
  user: "www",
  group: "www",
  baseline: { owner: "root", group: "root", fileMode: "0644", directoryMode: "0755" },
  binaries: { "/bin/two": "starts the other", "/bin/one": "is what runs" },
  devices: { null: "nobody reads it" },
  accounts: {
    users: { www: "runs the workers", admin: { reason: "owns files", group: "adm", home: "/h", allowRoot: "it is 0" } },
    groups: { adm: "may read logs" },
  },
  hostFiles: { hosts: "names of peers" },
  mounts: {
    run: { type: "tmpfs", size: "64m", group: "www", mode: "0770", reason: "its PID file" },
    "srv/www": { type: "bind", source: "/srv/pages", reason: "what it serves" },
    data: { type: "bind", source: "/srv/data", readOnly: false, exec: true, reason: "uploads" },
  },
} as const;
const jail = { kind: "Jail", owner, args };
const file = (name: string, more: object) => ({
  kind: "JailFile",
  owner: { label: `JailFile::${name}`, stack: "other/prod" },
  args: { reason: "read at start", ...more },
});
const declarations = [
  jail,
  file("conf", { path: "etc/d.conf", hostLink: "/etc/d.conf" }),
  file("link", { path: "etc/link", symlinkTo: "d.conf" }),
];
const copy = (path: string, role: "binary" | "library", ...neededBy: string[]) => ({
  path: bytesOf(path),
  source: bytesOf(`/${path}`),
  mode: 0o755,
  size: 1,
  role,
  neededBy,
});
const closure: Closure = {
  ...noContents.closure,
  files: [copy("usr/lib/libc.so", "library", "/bin/two", "/bin/one"), copy("bin/one", "binary", "/bin/one")],
  links: [{ path: bytesOf("lib"), target: bytesOf("usr/lib") }],
};

function documentsOf(
  all: readonly Declaration[],
  more: readonly FileClaim[] = [],
  mounts = mountClaims(args.mounts, owner),
): string[] {
  const merged = merge({ stack: undefined, declarations: all, departed: new Set() }, [], kinds);
  const files = all.flatMap((one) => kinds.get(one.kind)?.files?.(one, { root: "/srv/jail" }) ?? []);
  return documents(merged, { files: [...files, ...more], closure, mounts }, parts).map(({ text }) => text);
}

test("the page says of everything in a jail why it is there", () => {
  const [, page = ""] = documentsOf(declarations);
  const sections = page.slice(page.indexOf("## Files"));
  expect(sections).toBe(
    [
      "## Files",
      "",
      "| Path | What | Reason | Resource |",
      "| --- | --- | --- | --- |",
      "| `etc/d.conf` | as declared | read at start | `JailFile::conf of stack other/prod` |",
      "| `etc/group` | as declared | the jail's groups: adm | `Jail::jail` |",
      "| `etc/hosts` | as the host's `/etc/hosts` | names of peers | `Jail::jail` |",
      "| `etc/link` | link to `d.conf` | read at start | `JailFile::link of stack other/prod` |",
      "| `etc/passwd` | as declared | the jail's users: admin, www | `Jail::jail` |",
      "",
      "## Devices",
      "",
      "| Path | What | Reason | Resource |",
      "| --- | --- | --- | --- |",
      "| `dev/null` | character device 1:3, `root:root 0666` | nobody reads it | `Jail::jail` |",
      "",
      "## Mounts",
      "",
      "| Path | What | Reason | Resource |",
      "| --- | --- | --- | --- |",
      "| `data` | `bind /srv/data nosuid,nodev` | uploads | `Jail::jail` |",
      "| `run` | `tmpfs 64m root:www 0770 nosuid,nodev,noexec` | its PID file | `Jail::jail` |",
      "| `srv/www` | `bind /srv/pages ro,nosuid,nodev,noexec` | what it serves | `Jail::jail` |",
      "",
      "## Accounts",
      "",
      "| Name | What | Reason |",
      "| --- | --- | --- |",
      "| `admin` | user, group `adm`, home `/h` | owns files; allowed although its number is 0: it is 0 |",
      "| `www` | user | runs the workers |",
      "| `adm` | group | may read logs |",
      "",
      "## Programs and their libraries",
      "",
      "| Path | What | Why |",
      "| --- | --- | --- |",
      "| `bin/one` | binary | `/bin/one`: is what runs |",
      "| `lib` | link to `usr/lib` | as on the host |",
      "| `usr/lib/libc.so` | library | needed by `/bin/one`, `/bin/two` |",
      "",
      "## On the host",
      "",
      "| Path | What | Reason | Resource |",
      "| --- | --- | --- | --- |",
      "| `/etc/d.conf` | link to `/srv/jail/etc/d.conf` | read at start | `JailFile::conf of stack other/prod` |",
      "",
    ].join("\n"),
  );
});

test("the script names what it leaves to up, as comments", () => {
  const [script = ""] = documentsOf(declarations);
  const lines = [
    '# Files, links and devices, which "pulumi up" puts in place:',
    "#   /etc/d.conf: read at start (JailFile::conf of stack other/prod)",
    "#   dev/null: nobody reads it (Jail::jail)",
    "#   etc/d.conf: read at start (JailFile::conf of stack other/prod)",
  ];
  assert.ok(script.includes(lines.join("\n")), script);
  const mounts = [
    '# Mounts, which "pulumi up" makes; nothing below them is looked at or changed:',
    "#   data, bind /srv/data nosuid,nodev: uploads (Jail::jail)",
    "#   run, tmpfs 64m root:www 0770 nosuid,nodev,noexec: its PID file (Jail::jail)",
    "#   srv/www, bind /srv/pages ro,nosuid,nodev,noexec: what it serves (Jail::jail)",
  ];
  assert.ok(script.includes(mounts.join("\n")), script);
});

test("both are the same in whatever order things are declared, and no text leaves its cell or its comment", () => {
  const at = "etc/a|b\n`c" as Bytes;
  const odd: FileClaim = { by: owner, reason: hostile, at, is: { type: "link", target: at } };
  const source = "/srv/`|\x1b\u2028 # `id`";
  const mounts = mountClaims({ "m|\x07 `": { type: "bind", source, reason: hostile } }, owner);
  const [script = "", page = ""] = documentsOf(declarations, [odd], mounts);
  expect(documentsOf([...declarations].reverse(), [odd], mounts)).toStrictEqual([script, page]);
  for (const line of script.split("\n")) if (line.includes("rm -rf")) expect(line).toMatch(/^ *# [\x20-\x7e]*$/);
  expect(page).not.toMatch(/<script|\x1b|\u2028|\r/);
  for (const row of page.split("\n").filter((line) => line.startsWith("|")))
    assert.ok([4, 5, 7].includes(row.replaceAll("\\\\", "").split("|").length - 1), row);
});
