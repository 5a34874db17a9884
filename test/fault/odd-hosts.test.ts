import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf } from "../support/driven";
import { declared, makeTemplate, reset, root } from "../support/fault-jail";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a ${flavour} host that is not as usual`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await makeTemplate(host, "cold root");
      await reset(host);
    });
    const program = () => {
      const { jail, rules } = declared("cold root", flavour === "gnu");
      return drive(siteOn(host, root, { perDialTimeout: 10 }), jail, rules);
    };

    /** Takes a command away for as long as the work takes. */
    async function without(tool: string, work: () => Promise<void>): Promise<void> {
      const path = (
        await host.must(`for d in /bin /usr/bin; do [ ! -e $d/${tool} ] || { echo $d/${tool}; break; }; done`)
      ).trim();
      await host.replace(path, "");
      await host.must(flavour === "gnu" ? `chmod 0644 ${path}` : `rm ${path}`);
      try {
        await work();
      } finally {
        await host.restore(path);
      }
    }

    for (const tool of ["stat", "find", "xargs", "tail", "chown"])
      test(`and has no ${tool} is told so, and nothing is changed`, () =>
        without(tool, async () => {
          const looked = (await program().report()).host;
          expect(looked ?? "").toMatch(new RegExp(`^not checked: there is no ${tool} on the host \\(.*\\); install`));
          const [error = ""] = errorsOf(await program().up());
          expect(error).toMatch(
            new RegExp(`^lost the host: root@[^\n]*:/srv/jail: there is no ${tool} on the host .*\ninstall`),
          );
        }));

    test("and has no dd is told so", () =>
      without("dd", async () => {
        const [error = ""] = errorsOf(await program().up());
        expect(error).toMatch(/^lost the host: root@[^\n]*: the agent ended: .*no dd with iflag/);
      }));

    test("and whose clock was wrong, whichever way, converges", async () => {
      for (const time of ["203001010000", "197001020000"]) {
        await reset(host);
        await host.must(`find ${root} -exec touch -h -t ${time} {} +`);
        expect(await program().up()).toSucceed();
        await host.must(`find ${root} /var/lib/pulumi-chroot -exec touch -h -t ${time} {} +; chmod 0777 ${root}/etc`);
        expect(await program().up()).toSucceed();
        expect((await program().assess()).plan.differences).toStrictEqual([]);
      }
    });
  });
