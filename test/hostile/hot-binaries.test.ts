import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { inodes } from "../support/daemon";
import { drive, errorsOf } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Programs and their libraries below a directory of the jail in which the daemon may write: it may replace them there. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`binaries where the daemon may write on a ${flavour} host`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p /opt/app/bin /srv/outside; echo secret >/srv/outside/secret; chmod 0600 /srv/outside/secret
        cp /proc/self/exe /opt/app/bin/tool; chmod 0755 /opt/app/bin/tool`);
    });
    const jail = {
      binaries: { "/opt/app/bin/tool": "the daemon's tool" },
      // The whole way to the program, and to the C library and its loader.
      writable: { opt: "plugins", lib: "plugins", usr: "plugins" },
    };
    const run = () => drive(siteOn(host, root), jail);
    const isDone = async () => {
      expect((await run().assess()).plan.differences).toStrictEqual([]);
      expect(
        await host.must(`cmp /opt/app/bin/tool ${root}/opt/app/bin/tool; stat -c '%u:%g %a' ${root}/opt/app/bin/tool`),
      ).toBe("0:0 755\n");
      expect(await host.must(`stat -c '%u:%g %a' ${root}/opt ${root}/opt/app`)).toBe("0:1033 770\n0:1033 770\n");
    };

    test("come as root's, as everywhere, and are not sent again", async () => {
      expect(await run().up()).toSucceed();
      await isDone();
      const before = inodes(host, root);
      expect(await run().up()).toSucceed();
      expect(inodes(host, root)).toStrictEqual(before);
    });

    test("are drift when the daemon has put something else there, and come back; a link there leads nowhere", async () => {
      const www = (script: string) => host.run(["sh", "-c", script], { as: account.www });
      const outside = walk(host.path("/srv/outside"));
      for (const script of [
        "rm -f tool; echo evil >tool; chmod 4777 tool",
        "rm -f tool; ln -s /srv/outside/secret tool",
        "cd ..; mv bin old; ln -s /srv/outside bin",
      ]) {
        const { code } = await www(`cd ${root}/opt/app/bin && ${script}`);
        assert.equal(code, 0, script);
        const paths = (await run().assess()).plan.differences.map(({ path }) => path);
        const errors = errorsOf(await run().up());
        if (script.includes("old")) {
          expect(errors.join()).toMatch(/opt\/app\/bin, which is above opt\/app\/bin\/tool, is a link/);
          expect(host.path("/srv/outside")).toBeUntouched(outside);
          await host.must(`cd ${root}/opt/app; rm bin; mv old bin`);
        } else {
          expect([paths, errors]).toStrictEqual([["opt/app/bin/tool"], []]);
        }
        expect(host.path("/srv/outside")).toBeUntouched(outside);
        expect(await run().up()).toSucceed();
        await isDone();
      }
    });
  });
