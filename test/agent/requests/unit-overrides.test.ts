import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { exposedOn } from "../../../provider/agent/requests/launch";
import { withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const unit = "app-web-jail.service";
const own = `/etc/systemd/system/${unit}`;
/** Every directory of systemd.unit(5), and every name of a drop-in directory there. */
const ranks = (
  "/etc/systemd/system.control /run/systemd/system.control /run/systemd/transient /run/systemd/generator.early /etc/systemd/system " +
  "/etc/systemd/system.attached /run/systemd/system /run/systemd/system.attached /run/systemd/generator /run/systemd/generator.late"
).split(" ");
const forms = [`${unit}.d`, "app-web-.service.d", "app-.service.d", "service.d", "alias.service.d"];

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a unit on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, async (made) => {
      host = made;
      await host.must(`mkdir -p ${ranks.join(" ")}; cd /etc/systemd/system
        printf '[Service]\nExecStart=/bin/sh\n' >${unit}; ln -s ${unit} alias.service`);
    });
    const ask = () => withAgent(siteOn(host, "/srv/jail"), (agent) => exposedOn(agent, unit));
    /** The files that systemd itself reads for the unit. */
    const bySystemd = async () => {
      const dump = await host.must(`SYSTEMD_LOG_LEVEL=debug systemd-analyze verify ${unit} alias.service 2>&1`);
      const [, text = ""] = /-> Unit app-web-jail\.service:\n(.*?)(?:-> Unit |$)/s.exec(dump) ?? [];
      return [...text.matchAll(/^\s*(?:DropIn Path|Fragment Path): (.*)$/gm)].map(([, file]) => file).sort();
    };

    test("is changed by every file that systemd reads for it, wherever it lies", async () => {
      expect((await ask()).dropIns).toStrictEqual([]);
      const files = ranks.flatMap((rank, at) => forms.map((form, kind) => `${rank}/${form}/${at}-${kind}.conf`));
      await host.must(
        files
          .map((file) => `mkdir -p ${file.slice(0, file.lastIndexOf("/"))}; printf '[Service]\nUser=root\n' >${file}`)
          .join("\n"),
      );
      const { dropIns, overrides } = await ask();
      expect([[...dropIns].sort(), overrides]).toStrictEqual([[...files].sort(), []]);
      // Without a manager systemd-analyze ignores settings that only a running one has.
      if (flavour === "gnu")
        for (const file of await bySystemd()) assert.ok([own, ...dropIns].includes(file ?? ""), file);
      await host.must(files.map((file) => `rm ${file}`).join("\n"));
    });

    test("is not changed by a file that is hidden, empty or only says how long something may take", async () => {
      const shared = "/run/systemd/system/service.d";
      await host.must(`mkdir -p ${own}.d ${shared}; printf '# x\n[Service]\nTimeoutStopFailureMode=abort\n' >${shared}/10.conf
        printf '[Service]\nUser=root\n' >${shared}/20.conf; : >${shared}/30.conf; ln -s /dev/null ${own}.d/20.conf`);
      expect((await ask()).dropIns).toStrictEqual([]);
      await host.must(`rm ${own}.d/20.conf; printf 'TimeoutStopSec=5\nUser=root\n' >${shared}/10.conf`);
      expect((await ask()).dropIns).toStrictEqual([`${shared}/10.conf`, `${shared}/20.conf`]);
      await host.must(`rm ${shared}/*`);
    });

    test("gives way to one of its name in a directory of higher rank", async () => {
      for (const rank of ranks.slice(0, 4)) {
        await host.must(`ln -s /dev/null ${rank}/${unit}`);
        expect((await ask()).overrides).toStrictEqual([`${rank}/${unit}`]);
        await host.must(`rm ${rank}/${unit}`);
      }
      await host.must(`cp ${own} /run/systemd/system`);
      expect((await ask()).overrides).toStrictEqual([]);
    });

    if (flavour === "gnu")
      test("is as systemd has loaded it, whatever is on the disk", async () => {
        await host.replace(
          "/usr/bin/systemctl",
          `#!/bin/sh\n[ "$1" = show ] && printf 'FragmentPath=/run/x/${unit}\nDropInPaths=/run/gone.conf ${own}.d/a.conf\n'\n`,
        );
        await host.must(`printf '[Service]\nUser=root\n' >${own}.d/a.conf`);
        const { dropIns, overrides } = await ask();
        expect([dropIns, overrides]).toStrictEqual([[`${own}.d/a.conf`, "/run/gone.conf"], [`/run/x/${unit}`]]);
      });
  });
