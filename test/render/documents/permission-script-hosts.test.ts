import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { scriptParts } from "../../../provider/agent/script-parts";
import { registryName } from "../../../provider/agent/site";
import { documents } from "../../../provider/render/documents/documents";
import { type Case, mergedOf } from "../../plan/golden";
import { makeHostileTree } from "../../support/hostile-tree";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import {
  accounts,
  noContents,
  observeAll,
  productEnd,
  runScripts,
  type ScriptCase,
  scriptCase,
  scriptOf,
  timesOf,
} from "../script-cases";

const races = Number(process.env["SCRIPT_RACES"] ?? 12);

/** A daemon gone bad: it makes files and directories in its own and exchanges them with links to what is outside. A dot for each hundred. */
const attacker = `use strict; chdir "/srv/jails/race/w/own" or die; $| = 1; my $n = 0;
  sub swap { my ($a, $b) = @_; print "." if syscall(316, -100, $a, -100, $b, 2) == 0 && ++$n % 100 == 0 }
  for (my $i = 0;; $i = ($i + 1) % 4) {
    my ($f, $l, $d, $k) = ("f$i", "l$i", "d$i", "k$i");
    unlink $f, $l, $k, "$d/f"; rmdir $d; rename $d, "x$i";
    if (open my $h, ">", $f) { close $h; chmod 04777, $f }
    symlink "/srv/victims/secret", $l; mkdir $d; chmod 0777, $d; open my $h, ">", "$d/f"; symlink "/srv/victims/dir", $k;
    for (1 .. 30) { swap($f, $l); swap($d, $k); }
  }`;
const bare: Case = { name: "hosts", expect: {} };
const states = (
  seen: { entries: ReadonlyMap<string, { type: string; uid: number; gid: number; mode: number }> } | undefined,
) =>
  [...(seen?.entries ?? [])]
    .map(([path, { type, uid, gid, mode }]) => `${path} ${type} ${uid}:${gid} ${mode.toString(8)}`)
    .sort();

for (const flavour of ["gnu", "busybox"] as const)
  describe(`permissions.sh on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts }, async (made) => {
      host = made;
      await host.must("mkdir -p /srv/scripts /srv/jails");
    });

    /** Writes the script of a jail whose tree is there already. */
    function written(name: string, given: Partial<Case>): ScriptCase {
      const one = scriptCase({ ...bare, ...given }, `/srv/jails/${name}`);
      writeFileSync(host.path(`/srv/scripts/${name}.sh`), scriptOf(one.merged, one.root));
      return one;
    }
    const run = async (one: ScriptCase, args = "", sh = "sh") => {
      const [ran] = await runScripts(host, [one], args, sh);
      assert.ok(ran);
      return ran;
    };
    const outside = () => host.must("cd /srv/outside && find . -exec stat -c '%n %u %g %a %i' '{}' + | sort");

    test("repairs names of any bytes, follows no link, and spares files with names outside the jail", async () => {
      await makeHostileTree(host, "/srv/jails/hostile");
      const before = await outside();
      const one = written("hostile", { rules: { odd: { match: "names/**", owner: "bob", fileMode: "0600" } } });
      const seen = (await observeAll(host, "/srv/jails")).get("hostile");
      assert.ok(seen);
      const product = await productEnd(one, seen);
      const ran = await run(one);
      const end = (await observeAll(host, "/srv/jails")).get("hostile");
      // The script is about owners and modes: only `up` moves undeclared devices away.
      expect(states(end).filter((state) => !/ (character|block) device /.test(state))).toStrictEqual(
        states({ entries: product.end }),
      );
      expect(await outside()).toBe(before);
      expect(ran.code).toBe(1);
      expect(ran.error).toMatch(/^not repaired: kinds\/outside-name: /m);
      expect(ran.error).toMatch(/^kinds\/outside-name: it has other names, outside the jail or declared differently/m);
      assert.doesNotMatch(`${ran.out}${ran.error}`, /[^\x20-\x7e\n]/, "nothing that a terminal would act on");
      const times = timesOf(host, one.root);
      const again = await run(one);
      expect([again.code, again.out.split("\n").length]).toStrictEqual([1, 2]);
      expect(timesOf(host, one.root)).toStrictEqual(times);
    });

    test("repairs the names of one file together, or not at all", async () => {
      await host.must(`mkdir -p /srv/jails/linked/w && cd /srv/jails/linked && : >a && ln a b && ln a w/c && : >x && ln x y
        chown -R 1000 . && chmod 0777 a x w`);
      const one = written("linked", {
        jail: { writable: { w: "w" } },
        rules: {
          w: { match: "w/c", owner: "root", group: "named", fileMode: "0640" },
          y: { match: "y", owner: "named" },
        },
      });
      const ran = await run(one);
      expect(ran.code).toBe(1);
      expect(ran.error).toMatch(/^x: it has other names/m);
      const stat = await host.must("cd /srv/jails/linked && stat -c '%n %u %g %a' a b w w/c x y .");
      expect(stat).toBe("a 0 53 640\nb 0 53 640\nw 0 53 770\nw/c 0 53 640\nx 1000 0 777\ny 1000 0 777\n. 0 53 750\n");
    });

    test("leaves mount points alone, also those of the jail's own file system", async () => {
      await host.must(`mkdir -p "/srv/jails/mounts/a b" /srv/jails/mounts/t '/srv/jails/mounts/m[1]' /srv/mounted; cd /srv/jails/mounts
        : >/srv/mounted/f; chmod 0777 /srv/mounted /srv/mounted/f; mount --bind /srv/mounted "a b"
        mount --bind /srv/mounted 'm[1]'; mount -t tmpfs -o mode=0777 none t; : >t/g; chmod 0777 t/g`);
      const one = written("mounts", { jail: { directories: { t: "a mount", "t/below": "not made" } } });
      const ran = await run(one);
      expect([ran.code, ran.error.split("\n").length]).toStrictEqual([1, 2]);
      expect(ran.error).toMatch(/^t: not checked: a mount that no resource declares hides the declared entries/);
      expect(ran.out).toMatch(/^a b: a mount point that no resource declares is left alone\nm\[1\]: a mount point/m);
      expect(
        await host.must("stat -c %a /srv/mounted /srv/mounted/f /srv/jails/mounts/t/g; ls /srv/jails/mounts/t"),
      ).toBe("777\n777\n777\ng\n");
    });

    test("refuses what it cannot do safely, and begins nothing", async () => {
      const refused = async (
        one: ScriptCase,
        why: RegExp,
        command = `sh /srv/scripts/${one.root.split("/").at(-1)}.sh`,
      ) => {
        const { code, stderr } = await host.sh(command);
        assert.deepEqual([code, why.test(stderr)], [2, true], stderr);
      };
      await refused(written("absent", {}), /there is no \/srv\/jails\/absent/);
      const hot = written("hot", {});
      await host.must(
        "mkdir -p /srv/jails/hot/x /srv/hot/jail; ln -s ../hot/jail /srv/jails/link; chmod 0777 /srv/hot",
      );
      await refused(written("link", {}), /\/srv\/jails\/link is no directory|symbolic link/);
      await refused(hot, /file/, "sh </srv/scripts/hot.sh");
      await refused(written("hot", { jail: { user: "nobodyhere" } }), /no user or group "nobodyhere"/);
      writeFileSync(
        host.path("/srv/scripts/below.sh"),
        scriptOf(mergedOf({ ...bare, jail: { root: "/srv/hot/jail" } }), "/srv/hot/jail"),
      );
      await refused(hot, /its parent \/srv\/hot .* is not root's alone/, "sh /srv/scripts/below.sh");
      const nobody = `cp /srv/scripts/hot.sh /tmp/hot.sh; chmod 0755 /tmp/hot.sh; chmod 0755 /srv /srv/jails; ${flavour === "gnu" ? "setpriv --reuid 1000 --regid 1000 --clear-groups" : "setuidgid bob"} sh /tmp/hot.sh`;
      if (flavour === "gnu") await refused(hot, /only root/, nobody);
      expect((await host.sh("ls -A /srv/jails/hot")).stdout).toBe("x\n");
    });

    test("uses no list that a full file system has cut, and goes on when there is room", async () => {
      await host.must(
        "mkdir -p /srv/jails/full/etc && cd /srv/jails/full/etc && seq 400 | sed 's/$/-a-name-that-is-long-enough-for-its-list/' | xargs touch",
      );
      const one = written("full", {});
      expect((await run(one)).code).toBe(0);
      const own = () => host.must("cd /srv/jails/full && find . -exec stat -c '%n %u %g %a' '{}' + | sort");
      const declared = await own();
      await host.must("chmod 0666 /srv/jails/full/etc/*");
      const directories = () => host.must("cd /srv/jails/full && find . -type d -exec stat -c '%n %u %g %a' '{}' +");
      const before = await directories();
      await host.must(
        "mkdir -p /var/lib/pulumi-chroot && mount -t tmpfs -o mode=0700,size=12k none /var/lib/pulumi-chroot",
      );
      try {
        const ran = await run(one);
        expect(ran.code).toBe(2);
        expect(ran.error).toMatch(/cannot be written \(is the file system full\?\)/);
        expect(await directories()).toBe(before);
      } finally {
        await host.must("umount /var/lib/pulumi-chroot");
      }
      expect([(await run(one)).code, await own()]).toStrictEqual([0, declared]);
    });

    // The attacker is a Perl program, which a BusyBox host has not.
    if (flavour === "busybox") return;
    test("changes nothing outside while somebody swaps files and directories for links", async () => {
      await host.must(`mkdir -p /srv/jails/race/w/own /srv/victims/dir; cd /srv/victims; : >secret; : >dir/f; chmod 0600 secret dir/f
        chown named:named /srv/jails/race/w/own`);
      const rules = {
        mine: { match: "w/own/*", owner: "bob", fileMode: "0604", directoryMode: "0751" },
        deep: { match: "w/own/*/f", owner: "bob", fileMode: "0604" },
      };
      const one = written("race", { jail: { writable: { w: "the daemon's" } }, rules });
      const victims = () => host.must("cd /srv/victims && stat -c '%n %u %g %a %Z' . secret dir dir/f");
      const before = await victims();
      const daemon = host.spawn(
        ["setpriv", "--reuid", "53", "--regid", "53", "--clear-groups", "perl", "-e", attacker],
        {},
      );
      let swaps = "";
      daemon.stdout?.on("data", (data) => {
        swaps += data;
      });
      try {
        for (let at = 0; at < races; at++) {
          const ran = await run(one);
          assert.ok(ran.code === 0 || ran.code === 1, ran.error);
          assert.equal(await victims(), before, `after ${at + 1} runs`);
        }
      } finally {
        await host.kill(daemon);
      }
      assert.ok(swaps.length > 20, `${swaps.length} hundred swaps`);
      const last = await run(one);
      expect([last.code, last.error]).toStrictEqual([0, ""]);
      expect(await victims()).toBe(before);
    });

    test("opens what a run that was killed has left closed, as it was", async () => {
      await host.must(
        "mkdir -p /srv/jails/killed/w/own/deep && cd /srv/jails/killed && for i in 1 2 3 4 5 6 7 8 9; do mkdir -p w/own/$i/$i; : >w/own/$i/f; done; chown -R named:named w/own; chmod -R 0700 w/own; chmod 2770 w/own/deep",
      );
      const one = written("killed", { jail: { writable: { w: "the daemon's" } } });
      expect((await run(one)).code).toBe(0);
      const own = "cd /srv/jails/killed && find w -exec stat -c '%n %u %g %a' '{}' + | sort";
      const before = await host.must(own);
      const registry = `/var/lib/pulumi-chroot/${registryName(one.root)}`;
      let cut = 0;
      for (const wait of ["0", "0.01", "0.03", "0.06", "0.1", "0.2"]) {
        await host.must("chmod 4755 /srv/jails/killed/w/own/1/f; rm -f /tmp/done");
        // Kills all processes at once, as a power failure does.
        const killed = await host.sh(`setsid sh -c '{ sh /srv/scripts/killed.sh >/dev/null 2>&1; : >/tmp/done; } &
          until [ -e /tmp/done ] || [ -d ${registry}/sealed ]; do :; done; sleep ${wait}; kill -KILL -$$'
          sleep 0.05; ls ${registry}/sealed 2>/dev/null`);
        if (killed.stdout !== "") cut++;
        const ran = await run(one);
        assert.deepEqual([ran.code, ran.error], [0, ""], `killed after ${wait} s`);
        assert.equal(
          await host.must(own),
          before
            .replace("w/own/1/f 53 53 4755", "w/own/1/f 53 53 755")
            .replace("w/own/1/f 53 53 700", "w/own/1/f 53 53 755"),
          `killed after ${wait} s`,
        );
      }
      assert.ok(cut > 0, "none was killed while something was closed");
      expect(await host.must("ls /var/lib/pulumi-chroot")).toBe("");
    });
  });

test("documents are the same bytes for the same intent, in whatever order it is declared, and no reason leaves its comment", async () => {
  const reason =
    "first\n rm -rf /\r\n# `id` $(id)\u2028\x1b[2J | <script>alert(1)</script> | </td> [x](javascript:y) \\| `";
  const rules = { a: { match: "a*", owner: "root", reason }, b: { match: "b", fileMode: "g+w", reason: "*b*" } };
  const given = {
    ...bare,
    jail: { root: "/srv/jails/doc", writable: { w: reason }, directories: { d: reason }, exclude: { "x/**": reason } },
    rules,
  };
  const [one, other] = [given, { ...given, rules: { b: rules.b, a: rules.a } }].map((each) =>
    documents(mergedOf(each), noContents, scriptParts("/srv/jails/doc")),
  );
  expect(one).toStrictEqual(other);
  const [script = "", page = ""] = one?.map(({ text }) => text) ?? [];
  const declared = script.slice(0, script.indexOf("# ---"));
  for (const line of declared.split("\n"))
    assert.ok(!/rm -rf|alert|\x1b|\r|\u2028/.test(line) || /^ *# [\x20-\x7e]*$/.test(line), line);
  expect(declared.split("\n").filter((line) => line.includes("rm -rf")).length).toBeGreaterThanOrEqual(4);
  expect(page).not.toMatch(/<script|\x1b|\u2028|\r/);
  const tables = page.split("\n").filter((line) => line.startsWith("|"));
  for (const row of tables) assert.ok([3, 4, 7].includes(row.replaceAll("\\\\", "").split("|").length - 1), row);
  expect(page).toMatch(/`PermissionRule::a`/);
});

test("the script takes the agent's functions as they are, but for those that talk to pulumi-chroot", () => {
  const given = {
    ...bare,
    jail: { root: "/srv/x", exclude: { x: "y" } },
    rules: { a: { match: "**/a/*/b", owner: "root" } },
  };
  const text = scriptOf(mergedOf(given), "/srv/x");
  const names = [...text.matchAll(/^([a-z_0-9]+)\(\) /gm)].map(([, name = ""]) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  expect(twice.sort()).toStrictEqual(["beat", "receive_file", "say", "send_list", "watch"]);
});
