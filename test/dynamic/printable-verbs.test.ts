import assert from "node:assert/strict";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { lineDiff } from "../../provider/engine/assess/line-diff";
import { differenceText } from "../../provider/render/text/difference-text";
import { withAgent } from "../support/connections";
import { contentOfText, type Driven, drive, errorsOf, type FileParts } from "../support/driven";
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
    /** Every text of a preview about a difference. */
    async function told(driven: Driven, declared?: string): Promise<string> {
      const assessment = await driven.assess();
      const content = declared === undefined ? undefined : contentOfText(declared);
      const lines = assessment.plan.differences.map(async (one) => {
        const { live, declared: want } = differenceText(one, assessment.observation);
        return [
          `${one.path}: ${live} => ${want}`,
          ...(await lineDiff(one, assessment, content, (ask) => withAgent(site(), ask))),
        ];
      });
      return (await Promise.all(lines)).flat().join("\n");
    }
    beforeEach(async () => {
      await host.must(`rm -rf ${root} /etc/keys; mkdir ${root} /etc/keys; chmod 755 /etc/keys`);
    });

    test("of a copy of the host's are its lines only where everybody may read that file, and the copy", async () => {
      await host.must(`cd /etc/keys; echo ${canary}-one >key; chmod 644 key`);
      const open = hostFile({ mode: "0644" });
      expect(await files(open).up()).toSucceed();
      await host.must(`echo ${canary}-two >/etc/keys/key`);
      expect(await told(files(open))).toMatch(new RegExp(`^-${canary}-one\n\\+${canary}-two$`, "m"));
      const closed = async (command: string, back: string) => {
        await host.must(`cd /etc/keys; ${command}`);
        const text = await told(files(open));
        expect(text).toMatch(/^etc\/key: .*stale sha256:[0-9a-f]{8} => /);
        assert.ok(!text.includes(canary), `${command}: ${text}`);
        await host.must(`cd /etc/keys; ${back}`);
      };
      for (const mode of ["600", "640", "604 . && chmod 700 ."])
        await closed(`chmod ${mode} key`, "chmod 755 .; chmod 644 key");
      await closed("mv key real; chmod 600 real; ln -s real key", "rm key; mv real key; chmod 644 key");
      await closed(`chmod 640 ${root}/etc/key`, `chmod 644 ${root}/etc/key`);
      expect(await told(files(open))).toMatch(new RegExp(canary));
    });

    test("of a text that the program declares are its lines only where everybody may read what is there", async () => {
      const declare = (mode: string): FileParts => ({ conf: { path: "etc/conf", content: "listen 80\n", mode } });
      for (const [mode, isTold] of [
        ["0644", true],
        ["0640", false],
      ] as const) {
        expect(await files(declare(mode)).up()).toSucceed();
        await host.must(`echo ${canary} >${root}/etc/conf`);
        assert.equal((await told(files(declare(mode)), "listen 80\n")).includes(canary), isTold, mode);
      }
    });

    test("that is a secret is neither its text nor its size, whichever of the two sides is one", async () => {
      const secret = hostFile({ mode: "0644", secret: true });
      await host.must(`cd /etc/keys; echo ${canary}-one >key; chmod 644 key`);
      const isSilent = async (driven: Driven, declared?: string) => {
        const text = await told(driven, declared);
        expect(text).toMatch(/content differs => .*as declared/);
        expect(text).not.toMatch(new RegExp(`${canary}|sha256|bytes|listen`));
      };
      expect(await files(secret).up()).toSucceed();
      await host.must(`echo ${canary}-longer >/etc/keys/key`);
      await isSilent(files(secret));
      // It becomes plain; another resource declares it, in plain.
      await isSilent(files(hostFile({ mode: "0644" })));
      const other = { other: { path: "etc/key", content: "listen 80\n", mode: "0644" } };
      await isSilent(drive(site(), {}, {}, other, ["JailFile::key"]), "listen 80\n");
      // Once the file is in place its content is plain, and later contents are plain too.
      const plain = hostFile({ mode: "0644" });
      expect(await files(plain).up()).toSucceed();
      await host.must("echo plain >/etc/keys/key");
      expect(await told(files(plain))).toMatch(/\+plain/);
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
