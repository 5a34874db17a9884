import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { differenceText } from "../../provider/render/text/difference-text";
import { type Driven, drive, errorsOf } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** An inode is changed under all of its names, so each of them has to be known, certain, and declared the same. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`hard links on a ${flavour} host`, () => {
    let host: LabHost;
    let count = 0;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must("mkdir /srv/outside");
    });

    /** A jail with two places that only root may write in and two that the daemon may write in. */
    async function jail(script: string): Promise<{ root: string; program: Driven }> {
      const root = `/srv/jail${++count}`;
      await host.must(`mkdir -p ${root}/etc ${root}/lib ${root}/data ${root}/more; cd ${root}; ${script}
        chown root:www data more; chmod 0770 data more`);
      const held = { owner: "root", group: "www", fileMode: "0640" };
      const program = drive(
        siteOn(host, root),
        { writable: { data: "uploads", more: "others" }, directories: { etc: "configuration", lib: "modules" } },
        {
          public: { match: "lib/public*", owner: "root", group: "www", fileMode: "0644" },
          held: { match: "data/held*", ...held },
          more: { match: "more/held*", ...held },
        },
      );
      return { root, program };
    }
    const modes = (root: string, ...paths: string[]) => host.must(`cd ${root}; stat -c %a ${paths.join(" ")}`);

    for (const [place, one, other] of [
      ["where only root may write", "etc/one", "lib/other"],
      ["in two of the daemon's directories", "data/held1", "more/held2"],
      ["in one of the daemon's directories", "data/held1", "data/held2"],
      ["in one of the daemon's and in one of root's", "etc/one", "data/held2"],
    ] as const)
      test(`with all names ${place}, declared the same, are repaired`, async () => {
        const { root, program } = await jail(`: >${one}; ln ${one} ${other}; chmod 6777 ${one}`);
        expect(await program.up()).toSucceed();
        expect(await modes(root, one, other)).toBe("640\n640\n");
      });

    test("that are declared differently are named, and nothing is changed", async () => {
      const { root, program } = await jail(
        ": >etc/one; ln etc/one lib/public; chmod 4777 etc/one; : >etc/beside; chmod 0666 etc/beside",
      );
      const errors = errorsOf(await program.up()).join();
      expect(errors).toMatch(/etc\/one: is .*its 2 names are declared differently/);
      expect(errors).toMatch(/remove the other names, or exclude the path/);
      expect(await modes(root, "etc/one", "etc/beside")).toBe("4777\n640\n");
    });

    for (const [place, path] of [
      ["where only root may write", "etc/one"],
      ["where the daemon may write", "data/held1"],
    ] as const)
      test(`with a name outside and one ${place} are not touched, and named`, async () => {
        const name = `/srv/outside/${++count}`;
        const { root, program } = await jail(
          `: >${name}; chmod 4777 ${name}; ln ${name} ${path}; : >etc/beside; chmod 0666 etc/beside`,
        );
        const outside = walk(host.path("/srv/outside"));
        const [first, , held] = await program.up();
        const outcome = path.startsWith("etc") ? first : held;
        if (path.startsWith("etc"))
          expect(outcome?.error?.message ?? "").toMatch(/1 of its 2 names is outside the jail/);
        else {
          // A link that the daemon has made must not stop the repair of the other paths.
          const { left = [], assessment } = outcome ?? {};
          assert.ok(left[0] && assessment);
          expect(differenceText(left[0], assessment.observation).marks).toMatch(/1 of its 2 names is outside the jail/);
        }
        expect(host.path("/srv/outside")).toBeUntouched(outside);
        expect(await modes(root, "etc/beside")).toBe("640\n");
      });

    test("a setuid file of the daemon whose other name is outside by the time of the run is not touched", async () => {
      // Both are inside when the preview looks.
      const { root, program } = await jail(": >data/held1; ln data/held1 more/held2; chmod 4777 data/held1");
      await program.assess();
      await host.must(`mv ${root}/more/held2 /srv/outside/moved`);
      const outside = walk(host.path("/srv/outside"));
      await program.up();
      expect(host.path("/srv/outside")).toBeUntouched(outside);
    });
  });
