import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { placeStaged, setOwnFields, stageFile } from "../../../provider/agent/requests/deliver";
import type { Bytes } from "../../../provider/model/bytes";
import { hostProcesses, signalAll } from "../../../scripts/lab/processes";
import { canary, deliver, fileStep, sourceOf } from "../../support/delivery";
import { change, siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

/** Whatever has killed them, they cannot tidy up. */
function killAgents(host: LabHost): void {
  const all = hostProcesses(host.pid);
  const sshds = all.filter(({ name }) => name.startsWith("sshd")).map(({ pid }) => pid);
  const agents = all.filter(({ pid, parent }) => sshds.includes(parent) && !sshds.includes(pid));
  signalAll(
    agents.map(({ pid }) => pid),
    "SIGKILL",
  );
}

const everyByte = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
const names = ["a b", 'it\'s "q" `x` $(id)', "-rf", "\x1b[31m", "caf\xe9", "a\\nb\\", "*", "~", ".old", "t\tab ", "#"];

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a file delivered to a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p /srv/jail/etc /srv/outside; echo secret >/srv/outside/secret
        echo keep >/srv/jail/etc/keep; chown -R root:www /srv/jail; chmod -R u=rwX,g=rX,o= /srv/jail`);
    });
    const site = () => siteOn(host, "/srv/jail");
    const at = (path: string) => Buffer.concat([Buffer.from(host.path("/srv/jail/etc/")), Buffer.from(path, "latin1")]);
    const staged = () => host.must("ls -A /srv/jail");
    const put = (path: string, content: string, more = {}) =>
      deliver(site(), fileStep(`etc/${path}`, more), sourceOf(Buffer.from(content, "latin1")));

    test("has every byte, under every name, empty or not, also when it takes the place of another", async () => {
      await change(site(), async (agent) => {
        for (const name of names)
          for (const content of [Buffer.from("old\n"), everyByte, Buffer.alloc(0)]) {
            const step = fileStep(`etc/${name}`);
            await stageFile(agent, step, sourceOf(content, { piece: 7001 }));
            await placeStaged(agent, step);
            assert.deepEqual(readFileSync(at(name)), content, name);
          }
      });
      expect([...walk(host.path("/srv/jail/etc")).keys()].sort()).toStrictEqual([".", "keep", ...names].sort());
      expect(await staged()).toBe("etc\n");
    });

    test("whose content is not known is not begun with", async () => {
      await change(site(), async (agent) => {
        await expect(stageFile(agent, fileStep("etc/unknown"), undefined)).rejects.toThrow(/content is not known here/);
        expect(await staged()).toBe("etc\n");
      });
    });

    test("has its owner and mode before anybody can reach it", async () => {
      await put("mode", "old");
      await host.must("chmod 0666 /srv/jail/etc/mode");
      await change(site(), async (agent) => {
        const step = fileStep("etc/mode", { owner: { uid: 1033, gid: 7 }, mode: 0o2751 });
        const reader = { uid: 1033, gid: 1033, nobody: 2_100_000_042 };
        for (const [lent, directory, file] of [
          [undefined, "0:0 700", "1033:7 2751"],
          [reader, "0:1033 710", "2100000042:7 751"],
        ] as const) {
          await stageFile(agent, step, sourceOf(Buffer.from("new")), { reader: lent });
          const found = await host.must("cd /srv/jail/.pulumi-chroot-staging; stat -c '%u:%g %a' . * */*");
          expect(found).toBe(`0:0 711\n${directory}\n${file}\n`);
        }
        await setOwnFields(agent.chain(), step);
        expect(readFileSync(at("mode"), "utf8")).toBe("old");
        await placeStaged(agent, step);
        const kept = await host.must("cd /srv/jail/.pulumi-chroot-staging; stat -c '%u:%g %a' *; cat */.old");
        assert.equal(kept, "0:1033 700\nold", "what was there is nobody's but root's");
      });
      expect(await host.must("stat -c '%u:%g %a' /srv/jail/etc/mode")).toBe("1033:7 2751\n");
      expect(await host.must("stat -c '%u %a' /var/lib/pulumi-chroot/*/backup/[!i]*")).toBe(
        `${"0 600\n".repeat(12).slice(0, -1)}\n`,
      );
    });

    test("is never read as requests, whether it is as long as told, shorter or longer", async () => {
      const like = `\ndrop ${"f".repeat(32)}.json\nremove 14\n.//etc/keep\n\nquarantine 11\n./etc/keep\0\nexit\n\0done 0\0`;
      await put("like", like);
      expect(readFileSync(at("like"), "latin1")).toBe(like);
      for (const size of [1, like.length - 1, like.length + 1, like.length + 200_000]) {
        const { digest, chunks } = sourceOf(Buffer.from(like.repeat(3), "latin1"));
        await change(site(), async (agent) => {
          const step = fileStep("etc/like");
          await expect(stageFile(agent, step, { digest: { ...digest, size }, chunks })).rejects.toThrow(
            /changed while it was read/,
          );
          assert.equal((await agent.request("untrue")).status, 1, "the agent hears what comes then");
        });
        expect(readFileSync(at("like"), "latin1")).toBe(like);
      }
      expect(readFileSync(at("keep"), "latin1")).toBe("keep\n");
      expect(await staged()).toBe("etc\n");
    });

    test("that is cut at any byte leaves the old one, and nothing of it anywhere after the next run", async () => {
      await put("cut", "old");
      const content = Buffer.from(canary.repeat(20_000));
      for (const offset of [0, 1, 4096, 65_536, 100_001, content.length - 1]) {
        const source = sourceOf(content, {
          piece: Math.max(1, offset),
          before: async (now) => {
            if (now === offset) await host.cut();
          },
        });
        await assert.rejects(deliver(site(), fileStep("etc/cut"), source), /lost the host/, `${offset}`);
        assert.equal(readFileSync(at("cut"), "utf8"), "old", `cut at ${offset}`);
        await change(site(), async () => undefined);
        expect(await staged()).toBe("etc\n");
        assert.equal((await host.sh(`grep -rl ${canary} /srv /var/lib /etc /tmp /run`)).stdout, "", `cut at ${offset}`);
      }
    });

    test("takes the place of a link, a FIFO or a device itself, and of a directory never", async () => {
      await host.must(`cd /srv/jail/etc; ln -s /srv/outside/secret link; mkfifo fifo; mkdir dir; ln -s /srv/outside way
        mknod null c 1 3`);
      const outside = walk(host.path("/srv/outside"));
      for (const name of ["link", "fifo", "null", "way"]) {
        await put(name, "new");
        expect(readFileSync(at(name), "utf8")).toBe("new");
        expect(await host.must(`stat -c %F /srv/jail/etc/${name}`)).toBe("regular file\n");
      }
      await expect(put("dir", "new")).rejects.toThrow(/directory/i);
      expect(host.path("/srv/outside")).toBeUntouched(outside);
      expect(await host.must("ls -A /srv/jail/etc/dir")).toBe("");
    });

    test("is refused where a rename would be a copy", async () => {
      await host.must("mkdir /srv/jail/etc/m; mount -t tmpfs none /srv/jail/etc/m");
      await expect(put("m/x", "new")).rejects.toThrow(/on another file system/);
      expect(await host.must("ls -A /srv/jail/etc/m; umount /srv/jail/etc/m")).toBe("");
    });

    test("takes away what a run leaves that is cut short before its working directory has its mode", async () => {
      for (const way of ["", "chmod g+s .;"]) {
        const empty = `cd /srv/jail; ${way} mkdir -m 0700 .pulumi-chroot-staging; chmod g-s .`;
        await host.must(empty);
        await put("left", "new");
        await host.must(empty);
        await change(site(), async () => undefined);
        expect(await staged()).toBe("etc\n");
      }
    });

    test("is not made in a directory that somebody else has made, and nothing behind that is touched", async () => {
      await host.must("mkdir -p /srv/jail/lib /srv/jail/lib/share; mount --bind /srv/outside /srv/jail/lib/share");
      const outside = walk(host.path("/srv/outside"));
      const plants = [
        "mkdir -m 0777 .pulumi-chroot-staging",
        "mkdir -m 0711 .pulumi-chroot-staging; mkdir .pulumi-chroot-staging/own; chown www .pulumi-chroot-staging",
        "mkdir -m 0700 .pulumi-chroot-staging; mkdir .pulumi-chroot-staging/own",
        "ln -s /srv/outside .pulumi-chroot-staging",
        // A tree of root's, moved there by a process that could write in the root.
        "chmod 0711 lib; mv lib .pulumi-chroot-staging",
      ];
      for (const [index, plant] of plants.entries()) {
        await host.must(`cd /srv/jail; ${plant}`);
        const before = await host.must("find /srv/jail/.pulumi-chroot-staging");
        await expect(put("planted", "new")).rejects.toThrow(/was not made by this run/);
        assert.deepEqual(walk(host.path("/srv/outside")), outside, plant);
        assert.equal(await host.must("find /srv/jail/.pulumi-chroot-staging"), before, plant);
        if (index < plants.length - 1) await host.must("rm -r /srv/jail/.pulumi-chroot-staging");
      }
      await host.must("cd /srv/jail; umount .pulumi-chroot-staging/share; mv .pulumi-chroot-staging lib; chmod 0777 .");
      await expect(put("hot", "new")).rejects.toThrow(/other users than root may write in the root/);
      await host.must("cd /srv/jail; chmod 0750 .; rm -r lib");
    });

    test("that has no room is refused before it is sent, and where the room goes meanwhile the old one stays", async () => {
      await host.must("mkdir /srv/small; mount -t tmpfs -o size=1m,mode=0755 none /srv/small; echo old >/srv/small/f");
      const small = siteOn(host, "/srv/small");
      let sent = 0;
      const count = () => sent++;
      const large = sourceOf(Buffer.alloc(2_000_000), { before: count });
      await expect(deliver(small, fileStep("f"), large)).rejects.toThrow(/it has 2,000,000 bytes.*has room for \d/);
      expect(sent).toBe(0);
      const filled = sourceOf(Buffer.from(canary.repeat(30_000)), {
        before: (offset) => {
          if (offset === 0) writeFileSync(host.path("/srv/small/ballast"), Buffer.alloc(900_000));
        },
      });
      await expect(deliver(small, fileStep("f"), filled)).rejects.toThrow(/is the file system full/);
      await change(small, async () => undefined);
      expect(await host.must("cd /srv/small; rm ballast; cat f; ls -A; grep -rl canary- . || :")).toBe("old\nf\n");
      await deliver(small, fileStep("f"), sourceOf(Buffer.from("new\n")));
      expect(await host.must("cat /srv/small/f; umount -l /srv/small")).toBe("new\n");
    });

    test("takes the place of a file of holes, of which no copy is kept that would fill the host", async () => {
      await host.must(
        "dd if=/dev/zero of=/srv/jail/etc/holes bs=1 count=0 seek=100000000 2>/dev/null; chown www /srv/jail/etc/holes",
      );
      await put("holes", "new");
      expect(readFileSync(at("holes"), "utf8")).toBe("new");
      await host.must('cd /var/lib/pulumi-chroot/jail-*/backup; [ -z "$(find . -size +1000k)" ]');
    });

    test("stays as it was where there is no room for a copy of it", async () => {
      await put("copied", "x".repeat(500_000));
      await host.must(`cd /var/lib/pulumi-chroot/jail-*; mkdir -p backup
        mount -t tmpfs -o size=200k,mode=0700 none backup`);
      await expect(put("copied", "new")).rejects.toThrow(/No space/);
      expect(await host.must("cd /var/lib/pulumi-chroot/jail-*; ls -A backup; umount backup")).toBe("");
      expect(readFileSync(at("copied")).length).toBe(500_000);
    });

    if (flavour === "gnu")
      test("has its ACL and its capabilities, and none of those around it", async () => {
        await host.must("setfacl -m d:u:7:rwx /srv/jail/etc");
        await put("plain", "x");
        const acl = ["group::r--", "user:8:rw-"];
        await put("acl", "x", { acl, mode: 0o660, capabilities: "cap_net_raw=ep" });
        const found = await host.must("cd /srv/jail/etc; getfacl -nsE plain acl; getcap acl; setfacl -k .");
        expect(found).toMatch(
          /^# file: acl\n# owner: 0\n# group: 0\nuser::rw-\nuser:8:rw-\ngroup::r--\nmask::rw-\nother::---\n\nacl cap_net_raw=ep\n$/,
        );
      });

    const link = (path: string, token = "f".repeat(32)) => {
      const by = { label: "JailFile::x", token };
      const is = { type: "link", target: "/srv/jail/etc/keep" as Bytes } as const;
      return fileStep(path, { put: { claim: { by, reason: "a test", at: path as Bytes, is } } });
    };

    test("stays staged on the host when another jail's run stages and tidies up beside it", async () => {
      await host.must("mkdir -p /srv/other");
      const other = siteOn(host, "/srv/other");
      await change(site(), async (agent) => {
        await stageFile(agent, link("/etc/first.conf"), undefined);
        const second = link("/etc/second.conf", "e".repeat(32));
        await change(other, async (beside) => {
          await stageFile(beside, second, undefined);
          assert.ok(await placeStaged(beside, second));
        });
        assert.ok(await placeStaged(agent, link("/etc/first.conf")));
      });
      const names = await host.must("cd /etc; ls -d first.conf second.conf; ls -A; rm first.conf second.conf");
      expect(names).toMatch(/^first.conf\nsecond.conf\n(?![\s\S]*staging)/);
    });

    test("goes beside its place on the host, and what a killed agent leaves there goes with the next run", async () => {
      await expect(
        change(site(), async (agent) => {
          await stageFile(agent, link("/etc/made.conf"), undefined);
          await stageFile(agent, fileStep("etc/left"), sourceOf(Buffer.from(canary)));
          expect(await host.must("ls -A /etc /srv/jail")).toMatch(/staging[\s\S]*staging/);
          killAgents(host);
          await agent.request("look");
        }),
      ).rejects.toThrow(/lost the host/);
      assert.match(await host.must("ls -A /etc /srv/jail"), /staging[\s\S]*staging/, "it could not tidy up");
      await change(site(), async () => undefined);
      expect(await host.must("ls -A /etc /srv/jail; ls -A /var/lib/pulumi-chroot/*")).not.toMatch(/staging|staged/);
    });
  });
