import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test } from "@jest/globals";
import { drive, errorsOf, type FileParts } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Even root cannot change an immutable or append-only file: the error says that word, and how to lift it. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`an immutable file on a ${flavour} host`, () => {
    let host: LabHost;
    const root = "/srv/jail";
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });

    const cases: Record<
      string,
      { prepare: string; flags: Record<string, string>; file?: FileParts[string]; why: RegExp }
    > = {
      "whose mode is to change": {
        prepare: "chmod 0666 etc/f",
        flags: { "etc/f": "i" },
        why: /etc\/f is immutable \(chattr -i lifts that\)/,
      },
      "whose owner is to change": {
        prepare: "chown www etc/f",
        flags: { "etc/f": "a" },
        why: /etc\/f is append-only \(chattr -a lifts that\)/,
      },
      "that another one is to replace": {
        prepare: ":",
        flags: { "etc/f": "i" },
        file: { path: "etc/f", content: "new" },
        why: /etc\/f is immutable \(chattr -i lifts that\)/,
      },
      "or directory that something is to be made in": {
        prepare: "chown root:www etc; chmod 0750 etc",
        flags: { etc: "i" },
        file: { path: "etc/new", content: "new" },
        why: /etc\/? is immutable \(chattr -i lifts that\)/,
      },
      "that is to be moved away": {
        prepare: "rm -rf made; : >made",
        flags: { made: "i" },
        why: /made is immutable \(chattr -i lifts that\)/,
      },
    };
    const flagged: string[] = [];
    afterEach(() => {
      for (const file of flagged.splice(0)) execFileSync("chattr", ["-ia", file]);
    });
    for (const [name, { prepare, flags, file, why }] of Object.entries(cases))
      test(`${name} is named`, async () => {
        await host.must(
          `rm -rf ${root} /var/lib/pulumi-chroot; mkdir -p ${root}/etc ${root}/made; cd ${root}; echo old >etc/f; ${prepare}`,
        );
        // A BusyBox host has no chattr: the flags are set from outside.
        for (const [path, flag] of Object.entries(flags)) {
          const file = host.path(`${root}/${path}`);
          execFileSync("chattr", [`+${flag}`, file]);
          flagged.push(file);
        }
        const driven = drive(siteOn(host, root), { directories: { made: "made" } }, {}, file ? { file } : {});
        const errors = errorsOf(await driven.up()).join();
        expect(errors).toMatch(
          flavour === "gnu" ? why : /is it immutable or append-only \(lsattr tells, chattr -ia lifts that\)\?/,
        );
      });
  });
