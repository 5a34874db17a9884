import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { processesOf } from "../../../provider/agent/requests/processes";
import { processDriftTexts, reportProcesses } from "../../../provider/engine/assess/processes";
import type { Bytes } from "../../../provider/model/bytes";
import { blockText } from "../../../provider/render/text/findings/blocks";
import { findingText } from "../../../provider/render/text/findings/finding-text";
import { installInhabitant, startInhabitant } from "../../agent/inhabitants";
import { withAgent } from "../../support/connections";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { uncheckedIn } from "../../support/findings";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const unread =
  /process \d+ \([^)]*\) cannot be looked at without CAP_SYS_PTRACE: give the login CAP_SYS_PTRACE, or reach the jail through the host/;
const hidden =
  /\/proc hides processes \(.*hidepid=\w+\) from processes without CAP_SYS_PTRACE: give the login CAP_SYS_PTRACE, or reach/;

/** As in most containers: root without the right to look at processes that have others' numbers, or more capabilities than it has. */
describe("on a host whose sshd has no CAP_SYS_PTRACE", () => {
  let host: LabHost;
  useHost({ accounts: account, lacks: ["sys_ptrace"] }, async (made) => {
    host = made;
    installInhabitant(host);
    await host.must(`mkdir -p ${root}`);
    await startInhabitant(host, `cd ${root} chroot . uid 1033`);
  });
  const program = (jail: JailPart = {}): Driven =>
    drive(siteOn(host, root), { directories: { etc: "settings" }, undeclared: "prune", ...jail });
  const prepare = (script: string) =>
    host.must(`find ${root} -mindepth 1 -delete; rm -rf /var/lib/pulumi-chroot/*; cd ${root}; mkdir etc
      chown root:www . etc; chmod 0750 . etc; cd etc; ${script}`);

  for (const [what, hide, why] of [
    ["cannot be read", "mount -o remount,hidepid=0 /proc", unread],
    ["cannot be entered in /proc", "mount -o remount,hidepid=1 /proc", hidden],
    ["are hidden", "mount -o remount,hidepid=2 /proc", hidden],
  ] as const)
    describe(`where processes ${what}`, () => {
      test("nothing undeclared goes but what is named, and each line says why", async () => {
        await prepare("mkdir dir; echo 1 >dir/file; echo 1 >file; echo 1 >named");
        await host.must(hide);
        const pruneAnyway = { "etc/named": "nobody uses it" };
        const { plan } = await program({ pruneAnyway }).assess();
        const away = plan.differences.filter(({ want }) => want.type === "absent");
        expect(away.map(({ path, blocked }) => [path, blocked?.problem])).toStrictEqual([
          ["etc/dir", "use-unknown"],
          ["etc/file", "use-unknown"],
          ["etc/named", undefined],
        ]);
        const told = [
          ...away.flatMap(({ blocked }) => (blocked ? [blockText(blocked)] : [])),
          ...uncheckedIn(plan).map((one) => findingText(one)),
        ];
        expect(told.length).toBe(3);
        for (const text of told) expect(text).toMatch(why);
        expect(told[2] ?? "").toMatch(/^whether a process uses what no resource declares was not seen, so nothing/);
        const [outcome] = await program({ pruneAnyway }).up();
        expect(outcome?.error?.message ?? "").toMatch(why);
        expect([...(outcome?.moved?.keys() ?? [])]).toStrictEqual(["etc/named"]);
        expect(await host.must(`ls ${root}/etc`)).toBe("dir\nfile\n");
      });

      test("running processes are not checked, and drift only where that is declared", async () => {
        const site = siteOn(host, root);
        const running = () => withAgent(site, (agent) => processesOf(agent));
        const seen = await running();
        expect([seen.processes, seen.more]).toStrictEqual([[], 0]);
        expect(seen.blind ?? "").toMatch(why);
        const assessment = await program({ user: "www" }).assess();
        const [jail] = assessment.merged.declarations;
        assert.ok(jail);
        const lookWith = (args: object) =>
          reportProcesses({ ...jail, args: { ...jail.args, ...args } }, assessment, root, running);
        const look = await lookWith({});
        const unchecked = look.unchecked ? findingText(look.unchecked) : "";
        expect(unchecked).toMatch(why);
        expect(unchecked).not.toMatch(/failOnStaleProcess|overloaded/);
        const texts = processDriftTexts(await lookWith({ failOnStaleProcess: true }));
        const text = texts.get("(processes)")?.live ?? "";
        expect(text).toMatch(why);
        expect(text).toMatch(/; or leave out failOnStaleProcess to make this a warning$/);
      });

      test("a jail is not removed, and nothing of it, and a directory that is in the way stays", async () => {
        await prepare("mkdir ../.pulumi-chroot-staging");
        const jail = program({ onDelete: "removeCreated", undeclared: "report" });
        const [error = "", ...others] = errorsOf(await jail.up());
        expect(others).toStrictEqual([]);
        expect(error).toMatch(/quarantine: it is unknown whether a process is in it: /);
        expect(error).toMatch(why);
        expect(error).toMatch(/; or move it away yourself/);
        const before = walk(host.path(root));
        assert.ok(before.has(".pulumi-chroot-staging" as Bytes));
        await assert.rejects(jail.forget("jail"), ({ message }: Error) => {
          expect(message).toMatch(
            /Jail::jail is not removed: .*: it is unknown whether a process has it as its root: /,
          );
          expect(message).toMatch(why);
          expect(message).toMatch(
            /\nor set onDelete: "keep" with pulumi up, delete it, and remove its files yourself$/,
          );
          expect(`${message} ${error}`).not.toMatch(/10 s/);
          return true;
        });
        expect(host.path(root)).toBeUntouched(before);
      });
    });
});
