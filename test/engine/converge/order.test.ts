import { expect, test } from "@jest/globals";
import { observe } from "../../support/connections";
import { drive, errorsOf } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const reason = "a test";
const log = "/run/lab/order";
let host: LabHost;
useHost({ accounts: account }, async (made) => {
  host = made;
  await host.must("mkdir -p /run/lab");
});

/** The commands, with their arguments, by which a test sees an operation of the host. */
const deeds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mv: { "a record": "*.json", "the plan": "*/sealed/plan", "a file": "*/etc/file" },
  mkdir: { "a directory": "*.//var/log/new" },
  chown: { opening: "*:*.//var/log" },
  mount: { "a mount": "*-t' 'tmpfs*/run" },
};

/** Notes each deed; the one that is named fails. */
async function note(failing?: string): Promise<void> {
  for (const [command, of] of Object.entries(deeds)) {
    const cases = Object.entries(of).map(([deed, pattern]) => {
      const end = deed === failing ? "; echo no >&2; exit 1" : "";
      return `${pattern}) echo ${deed} >>${log}${end} ;;`;
    });
    const text = ["#!/bin/sh", 'case "$*" in', ...cases, "esac"].join("\n");
    await host.replace(`/usr/bin/${command}`, (original) => `${text}\nexec ${original} "$@"\n`);
  }
}

/** A run that has something of everything to do, in a jail that is converged but for that. */
async function up(failing?: string): Promise<{ errors: string[]; done: string[]; again: string[] }> {
  const site = siteOn(host, root);
  const [writable, directories] = [{ "var/log": reason }, { etc: reason }];
  const run = { type: "tmpfs", size: "64k", owner: "www", group: "www", reason } as const;
  const whole = { writable, directories: { ...directories, "var/log/new": reason }, mounts: { run } };
  const program = () => drive(site, whole, {}, { file: { path: "etc/file", content: "text" } });
  await host.must(
    `umount ${root}/run 2>/dev/null; rm -rf ${root} /var/lib/pulumi-chroot; mkdir ${root}; : >${log}; : >/etc/fstab`,
  );
  expect(await drive(site, { writable, directories }).up()).toSucceed();
  await note(failing);
  const errors = errorsOf(await program().up());
  await observe(site); // As soon as its agent has ended.
  for (const command of Object.keys(deeds)) await host.restore(`/usr/bin/${command}`);
  const done = (await host.must(`uniq ${log}`)).split("\n").slice(0, -1);
  return { errors, done, again: errorsOf(await program().up()) };
}

const order = ["a record", "the plan", "a directory", "a file", "opening", "a mount"];

test("what is sent without waiting is done in its order", async () => {
  const { errors, done } = await up();
  expect([errors, done]).toStrictEqual([[], order]);
});

test("nothing is done as long as nobody could find on the disk how to open what is closed", async () => {
  const { errors, done, again } = await up("the plan");
  expect([done, again]).toStrictEqual([["a record", "the plan", "opening"], []]);
  for (const error of errors) expect(error).toMatch(/^cannot write the registry: root@.*:\/srv\/jail: no$/);
  expect(errors.length).toBe(2);
});

test("nothing is done as long as it is not recorded", async () => {
  const { errors, done, again } = await up("a record");
  expect([done, again]).toStrictEqual([["a record"], []]);
  for (const error of errors) expect(error).toMatch(/^cannot write the registry: root@.*:\/srv\/jail: no$/);
});
