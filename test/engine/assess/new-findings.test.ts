import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import { reportProcesses } from "../../../provider/engine/assess/processes";
import { findingText } from "../../../provider/render/text/findings/finding-text";
import { installInhabitant, startInhabitant } from "../../agent/inhabitants";
import { type Driven, drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { newEngine } from "../../support/session";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const list = `/var/lib/pulumi-chroot/${registryName(root)}/permissions.findings`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`findings that an up has not left, on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      installInhabitant(host);
    });
    const program = () => drive(siteOn(host, root), { undeclared: "report" });
    /** Paths of undeclared entries, the new ones with a mark. */
    async function seenBy(driven: Driven): Promise<string[]> {
      const { plan } = await driven.assess();
      return plan.findings
        .filter(({ id }) => id === "undeclared-entry")
        .map(({ at, isNew }) => `${at}${isNew ? " new" : ""}`);
    }
    const drift = () => host.must(`chmod 0777 ${root}`);

    test("are new until an up has changed the jail", async () => {
      await host.must(`mkdir ${root} && echo x >${root}/old`);
      expect(await seenBy(program())).toStrictEqual(["old"]);
      expect(await program().up()).toSucceed();
      expect(await seenBy(program())).toStrictEqual(["old"]);
      await host.must(`echo x >${root}/planted`);
      expect(await seenBy(program())).toStrictEqual(["planted new", "old"]);
      await drift();
      expect(await program().up()).toSucceed();
      expect(await seenBy(program())).toStrictEqual(["old", "planted"]);
      // A change that leaves the same findings writes nothing.
      const stamp = await host.must(`stat -c '%i %Z' ${list}`);
      await drift();
      expect(await program().up()).toSucceed();
      expect(await host.must(`stat -c '%i %Z' ${list}`)).toBe(stamp);
    });

    test("are processes, too, whatever their numbers", async () => {
      const findings = async () => {
        const session = newEngine().session(siteOn(host, root));
        const driven = drive(siteOn(host, root), { undeclared: "report" }, {}, {}, [], session);
        const assessment = await driven.assess();
        const jail = assessment.merged.jail ?? assert.fail("no Jail");
        const { findings } = await reportProcesses(jail, assessment, root, () => session.running());
        return findings.filter(({ id }) => id === "process-root").map(({ isNew }) => isNew === true);
      };
      const start = () => startInhabitant(host, `cd ${root} chroot .`);
      const first = await start();
      expect(await findings()).toStrictEqual([true]);
      await drift();
      expect(await program().up()).toSucceed();
      expect(await findings()).toStrictEqual([false]);
      await first.end();
      const second = await start();
      expect(await findings()).toStrictEqual([false]);
      await second.end();
    });

    test("are none where the list is unreadable, or came from another machine with its disk", async () => {
      await host.must(`echo x >${root}/later; cp ${list} /tmp/list`);
      expect(await seenBy(program())).toContain("later new");
      for (const change of [`echo '{' >${list}`, `sed 's/"machine": ".*"/"machine": "other"/' /tmp/list >${list}`]) {
        await host.must(change);
        const { plan } = await program().assess();
        expect(plan.findings.filter(({ isNew }) => isNew).map((one) => findingText(one))).toStrictEqual([]);
      }
      // The next change writes it anew.
      await drift();
      expect(await program().up()).toSucceed();
      await host.must(`echo x >${root}/last`);
      expect(await seenBy(program())).toContain("last new");
    });
  });
