import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { lockRegistry, withAgent } from "../../provider/agent/observe";
import { differenceTexts } from "../../provider/handlers/view";
import { signalAll } from "../../scripts/lab/processes";
import { sleeping } from "../support/delivery";
import { drive, errorsOf, type FileParts } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const canary = "canary-5bd1";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`files of a jail on a ${flavour} host`, () => {
    let host: LabHost;
    let count = 0;
    let root = "";
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const run = (files: FileParts, jail = {}) => drive(siteOn(host, root), jail, {}, files);
    /** What went wrong in an `up`, and what the next preview says of each file. */
    async function up(files: FileParts, jail = {}): Promise<{ errors: string[]; drift: Record<string, string> }> {
      const errors = errorsOf(await run(files, jail).up());
      return { errors, drift: await drift(files, jail) };
    }
    async function drift(files: FileParts, jail = {}): Promise<Record<string, string>> {
      const view = await run(files, jail).view();
      const owners = view.merged.declarations.map(({ owner }) => owner);
      return Object.fromEntries(
        owners.flatMap((owner) => [...differenceTexts(view, owner)].map(([k, v]) => [k, v.live])),
      );
    }
    const none = { errors: [], drift: {} };
    const left = () => host.must(`ls -A ${root} /var/lib/pulumi-chroot/*; ls -A /etc | grep chroot || :`);
    const log = async () => (await host.sh("cat /log 2>/dev/null; rm -f /log")).stdout;
    const fresh = async () => {
      await log();
      root = `/srv/jail${++count}`;
    };

    test("a file at whose place the daemon has made something else meanwhile is refused, and not said to be there", async () => {
      await fresh();
      const meanwhile = ["sh", "-c", `mkdir ${root}/data/page; test -s "$0"`, "{file}"];
      const files = {
        one: { path: "etc/one", content: "1", validate: meanwhile },
        page: { path: "data/page", content: "2" },
      };
      await run({}, { writable: { data: "uploads" } }).up();
      const { errors } = await up(files, { writable: { data: "uploads" } });
      assert.match(errors.join(), /^JailFile::page is refused: .*data\/page is a directory: remove it/);
      assert.equal(errors.length, 1);
    });

    test("a link on the host, and a file in a jail, come into a directory with setgid", async () => {
      await fresh();
      await host.must(
        `mkdir -p /etc/links ${root}; chmod 02755 /etc/links; chown root:www ${root}; chmod 02750 ${root}`,
      );
      const hostLink = `/etc/links/app${count}`;
      const { errors } = await up({ one: { path: "one", content: "1", hostLink } }, { writable: { ".": "all of it" } });
      assert.deepEqual(errors, []);
      assert.equal(await host.must(`cat ${hostLink}; ls -A /etc/links`), `1app${count}\n`);
    });

    test("a command runs once for all files that change together, and not where nothing changes", async () => {
      await fresh();
      const onChange = ["sh", "-c", `cat ${root}/etc/[ot]* | wc -l >>/log`];
      const files = (text: string): FileParts => ({
        one: { path: "etc/one", content: `${text}\n`, onChange },
        two: { path: "etc/two", content: "2\n", onChange },
        link: { path: "etc/link", symlinkTo: "." },
        other: { path: "etc/other", content: "3\n", onChange: ["sh", "-c", "echo other >>/log"] },
      });
      assert.deepEqual(await up(files("1")), none);
      assert.equal((await log()).replace(/ /g, ""), "3\nother\n");
      assert.deepEqual(await up(files("1")), none);
      assert.equal(await log(), "");
      assert.deepEqual(await up(files("new")), none);
      assert.equal((await log()).replace(/ /g, ""), "3\n");
    });

    test("where it fails the files come back as they were, the next preview shows them again, and the next up tries again", async () => {
      await fresh();
      await host.must(`echo real >/etc/linked${count}; touch /fail`);
      const hostLink = `/etc/linked${count}`;
      const onChange = ["sh", "-c", "echo ran >>/log; echo no good; test ! -e /fail"];
      const files = (text: string, link = {}): FileParts => ({
        one: { path: "etc/one", content: text, onChange, ...link },
        made: { path: `etc/made-${text}`, content: text, onChange },
        apart: { path: "etc/apart", content: text },
      });
      await host.must("rm /fail");
      assert.deepEqual(await up(files("old")), none);
      await host.must("touch /fail");
      const before = await host.must(`stat -c %i ${root}/etc/one`);
      await log();
      const failing = await up(files("new", { hostLink, overwrite: true }));
      assert.equal(failing.errors.length, 2, failing.errors.join());
      for (const error of failing.errors)
        assert.match(error, /: sh -c 'echo ran >>.*' has failed: exit status 1: no good; the file is as it was/);
      assert.equal(await host.must(`stat -c %i ${root}/etc/one`), before, "the same inode");
      assert.equal(await host.must(`cat ${root}/etc/one ${root}/etc/apart; stat -c %a ${root}/etc/one`), "oldnew640\n");
      assert.equal(await host.must(`ls ${root}/etc; cat /etc/linked${count}`), "apart\nmade-old\none\nreal\n");
      assert.deepEqual(Object.keys(failing.drift).sort(), [hostLink, "etc/made-new", "etc/one"].sort());
      assert.doesNotMatch(await left(), /staging|staged/);
      await host.must("rm /fail");
      assert.deepEqual(await up(files("new", { hostLink, overwrite: true })), none);
      assert.equal(await log(), "ran\nran\n");
      assert.equal(await host.must(`cat /etc/linked${count}`), "new");
    });

    test("a daemon that it starts survives, and holds neither the lock nor the connection", async () => {
      await fresh();
      const onChange = ["sh", "-c", "sleep 4713 & exit 0"];
      assert.deepEqual(await up({ one: { path: "one", content: "x", onChange } }), none);
      const site = siteOn(host, root);
      await withAgent(site, (agent) => lockRegistry(agent, site, "-x"));
      const daemons = sleeping(host, "4713");
      assert.equal(daemons.length, 1);
      const cwd = daemons.map((pid) => readlinkSync(`/proc/${pid}/cwd`)).join();
      assert.doesNotMatch(cwd, /srv/, "nothing keeps the jail busy");
      signalAll(daemons, "SIGKILL");
    });

    test("a run that ends between the file and its command is not finished, and the next one runs it", {
      timeout: 60_000,
    }, async () => {
      await fresh();
      const files: FileParts = {
        one: { path: "one", content: "x", onChange: ["sh", "-c", "echo ran >>/log; sleep 30"] },
      };
      const running = run(files).up();
      while ((await host.sh("test -e /log")).code !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
      await host.cut();
      assert.match(errorsOf(await running).join(), /lost the host/);
      signalAll(sleeping(host, "30"), "SIGKILL");
      assert.equal(await host.must(`cat ${root}/one`), "x");
      const { view } = await run(files).look("one");
      assert.equal(view?.observation.records.find(({ label }) => label === "JailFile::one")?.pending, true);
      await log();
      const again: FileParts = { one: { path: "one", content: "x", onChange: ["sh", "-c", "echo again >>/log"] } };
      assert.deepEqual(await up(again), none);
      assert.equal(await log(), "again\n");
      assert.deepEqual(await up(again), none);
      assert.equal(await log(), "");
    });

    test("a command that refuses a file, or hangs, keeps all of it out, and what it says is escaped", async () => {
      await fresh();
      const old: FileParts = { one: { path: "etc/one", content: "old" }, two: { path: "etc/two", content: "old" } };
      assert.deepEqual(await up(old), none);
      const cases: [string[], RegExp][] = [
        [
          ["sh", "-c", 'printf "\\033[31mbad: "; cat "$0"; exit 3', "{file}"],
          /:\/srv\/jail\d+\/etc\/one: cannot be put in place: sh -c .* \{file\} refuses it, exit status 3: \\x1b\[31mbad: new/,
        ],
        [["sleep", "60", "{file}"], /sleep 60 \{file\} refuses it, (it took longer than 1 s|exit status 1: .*)/],
        [["/no/such", "{jailFile}"], /\/no\/such \{jailFile\} refuses it, exit status 127/],
      ];
      for (const [validate, why] of cases) {
        const { errors } = await up({
          one: { path: "etc/one", content: "new", validate, timeLimit: 1, onChange: ["sh", "-c", "echo >>/log"] },
          two: { path: "etc/two", content: "new" },
        });
        assert.equal(errors.length, 1);
        assert.match(errors[0] ?? "", why);
        assert.equal(await host.must(`cat ${root}/etc/one ${root}/etc/two`), "oldnew");
        assert.equal(await log(), "", "and its onChange does not run");
        assert.doesNotMatch(await left(), /staging|staged|\.out/);
        assert.deepEqual((await up(old)).errors, []);
      }
    });

    test("one that accepts it sees the file as its host and as the jail does, with its owner and mode", async () => {
      await fresh();
      const script = `test "${root}$2" = "$1" && test "$3" = ${root} && stat -c "%u %g %a" "$1" && cat "$1"; exit 9`;
      const validate = ["sh", "-c", script, "sh", "{file}", "{jailFile}", "{root}"];
      const { errors } = await up({ one: { path: "etc/one", content: "text", owner: "www", mode: "0600", validate } });
      assert.match(errors.join(), /exit status 9: 1033 1033 600; text/);
    });

    test("with validateUser it is that user's, who can read what it may read once it is in place", async () => {
      await fresh();
      const validate = ["sh", "-c", 'id -u; cat "$0" && exit 9', "{file}"];
      const of = (mode: string) =>
        up({ one: { path: "etc/one", content: "text", mode, validate, validateUser: "www" } });
      const { errors } = await of("0640");
      if (flavour === "gnu") assert.match(errors.join(), /exit status 9: 1033; text/);
      else assert.match(errors.join(), /the host has no chroot of GNU coreutils: only root can run it/);
      assert.match((await of("0600")).errors.join(), flavour === "gnu" ? /1033; cat: .*denied/i : /only root/);
    });

    test("nothing of a secret is in an error, also of another resource with the same command", async () => {
      await fresh();
      const onChange = ["sh", "-c", `cat ${root}/*; exit 1`];
      const { errors } = await up({
        secret: { path: "secret", content: canary, secret: true, onChange },
        plain: { path: "plain", content: "x", onChange },
        refused: {
          path: "refused",
          content: canary,
          secret: true,
          validate: ["sh", "-c", 'cat "$0"; exit 1', "{file}"],
        },
      });
      assert.equal(errors.length, 3);
      assert.doesNotMatch(errors.join(), new RegExp(canary));
      assert.match(errors.join(), /not shown, as the content is a secret/);
      assert.equal((await host.sh(`grep -rl ${canary} ${root} /var/lib /etc /tmp /run`)).stdout, "");
    });

    test("a link on the host goes with its resource, whatever stood there; a file of somebody else's does not go", async () => {
      await fresh();
      await host.must(
        `mkdir -p ${root}/etc; echo mine >${root}/etc/adopted; echo real >/etc/real${count}; mkdir -p /hot; chmod 0777 /hot`,
      );
      const files: FileParts = {
        adopted: { path: "etc/adopted", content: "ours" },
        made: { path: "etc/made", content: "ours", hostLink: `/etc/real${count}`, overwrite: true },
        hot: { path: "etc/hot", content: "ours", hostLink: "/hot/link" },
      };
      const first = await up(files);
      assert.equal(first.errors.length, 1);
      assert.match(
        first.errors[0] ?? "",
        /\/hot\/link is below \/hot, which is root:root 0777: others than root could/,
      );
      assert.equal(await host.must(`cat /etc/real${count}`), "ours");
      assert.match(await host.must("cat /var/lib/pulumi-chroot/*/backup/*"), /real/);
      await host.must(`ln -sfn /nowhere /etc/real${count}`);
      assert.deepEqual(Object.keys(await drift(files)).sort(), [`/etc/real${count}`, "etc/hot"]);
      assert.deepEqual(Object.keys((await up(files)).drift), ["etc/hot"]);
      const driven = run(files);
      await driven.forget("adopted");
      await driven.forget("made");
      assert.equal(await host.must(`ls ${root}/etc; ls -A /etc | grep real${count} || :`), "adopted\n");
    });

    test("one that is renamed keeps its file, and takes it with it in the end", async () => {
      await fresh();
      assert.deepEqual(await up({ before: { path: "etc/x", content: "x" } }), none);
      const after = drive(siteOn(host, root), {}, {}, { after: { path: "etc/x", content: "x" } }, ["JailFile::before"]);
      assert.deepEqual(errorsOf(await after.up()), []);
      await run({ before: { path: "etc/x", content: "x" } }).forget("before");
      assert.equal(await host.must(`cat ${root}/etc/x`), "x");
      await after.forget("after");
      assert.equal(await host.must(`ls ${root}/etc`), "");
    });

    test("what is in the way is refused, and nothing outside is touched", async () => {
      await fresh();
      await host.must(`mkdir -p ${root}/etc/dir /srv/out; echo out >/srv/out/file; cd ${root}/etc; ln -s /srv/out way
        ln -s /srv/out/file link; mkfifo fifo`);
      const outside = walk(host.path("/srv/out"));
      const { errors } = await up({
        dir: { path: "etc/dir", content: "x" },
        way: { path: "etc/way/file", content: "x" },
        link: { path: "etc/link", content: "in" },
        fifo: { path: "etc/fifo", content: "in" },
      });
      assert.equal(errors.length, 2);
      assert.match(errors.join(), /etc\/dir is a directory/);
      assert.match(errors.join(), /etc\/way, which is above etc\/way\/file, is a link/);
      assert.deepEqual(walk(host.path("/srv/out")), outside);
      assert.equal(
        await host.must(`cd ${root}/etc; cat link fifo; stat -c %F link fifo`),
        "inin\nregular file\nregular file\n".replace("inin\n", "inin"),
      );
    });
  });
