import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { type Driven, drive, errorsOf } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/**
 * The daemon changes its directories all the time: makes, renames, removes, links and gives modes, also of what is held.
 * Every look and every run ends; what is done in the end is what is declared.
 */
const churn = `cd "$0" || exit
  n=0
  while :; do n=$((n + 1))
    mkdir -m 0777 d$n; : >d$n/held; chmod 4777 d$n/held; ln -s /srv/outside/secret d$n/link; mkdir d$n/sub
    ln d$n/held d$n/sub/held; mv d$n moved; mv moved other 2>/dev/null; rm -rf held; ln -s /srv/outside/secret held
    rm -rf other/moved moved held; : >held; chmod 6777 held; mkdir -p other; chmod 3777 other
  done`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a tree that changes all the time, on a ${flavour} host`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p ${root}/etc ${root}/data/a ${root}/data/b /srv/outside; cd ${root}
        : >/srv/outside/secret; chmod 0600 /srv/outside/secret; : >etc/named.conf; chown -R www:www data`);
    });
    const program = (): Driven =>
      drive(
        siteOn(host, root),
        { writable: { data: "uploads" }, directories: { etc: "configuration" } },
        { held: { match: "data/**/held", owner: "root", group: "www", fileMode: "0640" } },
      );

    test("is looked at and converged, or what keeps changing is named", async () => {
      const outside = walk(host.path("/srv/outside"));
      const as = { uid: account.www.uid, gid: account.www.gid };
      const busy = ["a", "b"].map((name) => host.spawn(["sh", "-c", churn, `${root}/data/${name}`], { as }));
      for (const child of busy) for (const stream of [child.stdout, child.stderr]) stream?.resume();
      for (let run = 0; run < 4; run++) {
        await host.must(`chmod 0666 ${root}/etc/named.conf`);
        expect((await program().report()).host).toBe(undefined);
        for (const error of errorsOf(await program().up())) expect(error).toMatch(/is not converged: .*data\/[ab]/);
        expect(await host.must(`stat -c %a ${root}/etc/named.conf`)).toBe("640\n");
      }
      // The daemon goes on writing: no directory is left closed to it.
      const inode = () => walk(host.path(`${root}/data`), (path) => path !== "." && path.length > 1).size;
      await setTimeout(200);
      expect(inode()).toBe(3);
      expect(await host.must(`stat -c '%U %a' ${root}/data/a ${root}/data/b`)).toBe("www 755\nwww 755\n");
      await Promise.all(busy.map((child) => host.kill(child)));
      expect(host.path("/srv/outside")).toBeUntouched(outside);
    });

    test("is as declared when it has come to rest", async () => {
      expect(await program().up()).toSucceed();
      const { plan, observation } = await program().assess();
      expect([plan.differences.filter(({ blocked }) => blocked === undefined), observation.leftSealed]).toStrictEqual([
        [],
        [],
      ]);
      const files = await host.must(`find ${root}/data -name held -type f ! -links +1 | xargs -r stat -c '%u %a'`);
      expect(files).toMatch(/^(0 640\n)*$/);
    });
  });
