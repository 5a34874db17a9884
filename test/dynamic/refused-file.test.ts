import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Driven, drive, errorsOf, type FileParts } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const root = "/srv/jail";
const canary = ["key", "5e1f"].join("-");

for (const flavour of ["gnu", "busybox"] as const)
  describe(`what is told of a file on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const site = () => siteOn(host, root);
    const files = (parts: FileParts): Driven => drive(site(), {}, {}, parts);
    const hostFile = (more = {}): FileParts => ({ key: { path: "etc/key", hostFile: "/etc/keys/key", ...more } });
    beforeEach(async () => {
      await host.must(`rm -rf ${root} /etc/keys; mkdir ${root} /etc/keys; chmod 755 /etc/keys`);
    });

    test("that a command refuses is not what the command prints, where not everybody may read it", async () => {
      const validate = ["sh", "-c", 'cat "$0"; exit 1', "{file}"];
      await host.must(`cd /etc/keys; echo ${canary} >key; chmod 600 key`);
      const refused = async (more = {}) => errorsOf(await files(hostFile({ validate, ...more })).up()).join();
      expect(await refused()).toMatch(
        /refuses it, exit status 1 \(its output is not shown, as not every user may read the host's \/etc\/keys\/key\)/,
      );
      expect(await refused({ secret: true })).toMatch(/its output is not shown, as the content is a secret/);
      await host.must("chmod 644 /etc/keys/key");
      expect(await refused()).toMatch(new RegExp(`exit status 1: ${canary}`));
    });
  });
