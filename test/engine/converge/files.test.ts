import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { lockRegistry } from "../../../provider/agent/requests/registry";
import { signalAll } from "../../../scripts/lab/processes";
import { withAgent } from "../../support/connections";
import { drive, errorsOf, type FileParts, liveTextsOf } from "../../support/driven";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import { sleeping } from "../../support/sleeping";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

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
    /** The errors of an `up`, and the drift of each file in the next preview. */
    async function up(files: FileParts, jail = {}): Promise<{ errors: string[]; drift: Record<string, string> }> {
      const errors = errorsOf(await run(files, jail).up());
      return { errors, drift: await drift(files, jail) };
    }
    const drift = (files: FileParts, jail = {}) => liveTextsOf(run(files, jail));
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
      expect(errors.join()).toMatch(/^JailFile::page is refused: .*data\/page is a directory: remove it/);
      expect(errors.length).toBe(1);
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
      expect(await up(files("1"))).toStrictEqual(none);
      expect((await log()).replace(/ /g, "")).toBe("3\nother\n");
      expect(await up(files("1"))).toStrictEqual(none);
      expect(await log()).toBe("");
      expect(await up(files("new"))).toStrictEqual(none);
      expect((await log()).replace(/ /g, "")).toBe("3\n");
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
      expect(await up(files("old"))).toStrictEqual(none);
      await host.must("touch /fail");
      const before = await host.must(`stat -c %i ${root}/etc/one`);
      await log();
      const failing = await up(files("new", { hostLink, overwrite: true }));
      assert.equal(failing.errors.length, 2, failing.errors.join());
      for (const error of failing.errors)
        expect(error).toMatch(/: sh -c 'echo ran >>.*' has failed: exit status 1: no good; the file is as it was/);
      assert.equal(await host.must(`stat -c %i ${root}/etc/one`), before, "the same inode");
      expect(await host.must(`cat ${root}/etc/one ${root}/etc/apart; stat -c %a ${root}/etc/one`)).toBe("oldnew640\n");
      expect(await host.must(`ls ${root}/etc; cat /etc/linked${count}`)).toBe("apart\nmade-old\none\nreal\n");
      expect(Object.keys(failing.drift).sort()).toStrictEqual([hostLink, "etc/made-new", "etc/one"].sort());
      expect(await left()).not.toMatch(/staging|staged/);
      await host.must("rm /fail");
      expect(await up(files("new", { hostLink, overwrite: true }))).toStrictEqual(none);
      expect(await log()).toBe("ran\nran\n");
      expect(await host.must(`cat /etc/linked${count}`)).toBe("new");
    });

    test("a daemon that it starts survives, and holds neither the lock nor the connection", async () => {
      await fresh();
      const onChange = ["sh", "-c", "sleep 4713 & exit 0"];
      expect(await up({ one: { path: "one", content: "x", onChange } })).toStrictEqual(none);
      const site = siteOn(host, root);
      await withAgent(site, (agent) => lockRegistry(agent, "-x"));
      const daemons = sleeping(host, "4713");
      expect(daemons.length).toBe(1);
      const cwd = daemons.map((pid) => readlinkSync(`/proc/${pid}/cwd`)).join();
      assert.doesNotMatch(cwd, /srv/, "nothing keeps the jail busy");
      signalAll(daemons, "SIGKILL");
    });

    test("a run that ends between the file and its command is not finished, and the next one runs it", async () => {
      await fresh();
      const files: FileParts = {
        one: { path: "one", content: "x", onChange: ["sh", "-c", "echo ran >>/log; sleep 30"] },
      };
      const running = run(files).up();
      while ((await host.sh("test -e /log")).code !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
      await host.cut();
      expect(errorsOf(await running).join()).toMatch(/lost the host/);
      signalAll(sleeping(host, "30"), "SIGKILL");
      expect(await host.must(`cat ${root}/one`)).toBe("x");
      const { assessment } = await run(files).report("one");
      expect(assessment?.observation.records.find(({ label }) => label === "JailFile::one")?.pending).toBe(true);
      await log();
      const again: FileParts = { one: { path: "one", content: "x", onChange: ["sh", "-c", "echo again >>/log"] } };
      expect(await up(again)).toStrictEqual(none);
      expect(await log()).toBe("again\n");
      expect(await up(again)).toStrictEqual(none);
      expect(await log()).toBe("");
    }, 60_000);

    test("a command that refuses a file, or hangs, keeps all of it out, and what it says is escaped", async () => {
      await fresh();
      const old: FileParts = { one: { path: "etc/one", content: "old" }, two: { path: "etc/two", content: "old" } };
      expect(await up(old)).toStrictEqual(none);
      const cases: [string[], RegExp][] = [
        [
          ["sh", "-c", 'printf "\\033[31mbad: "; cat "$0"; exit 3', "{file}"],
          /:\/srv\/jail\d+\/etc\/one: cannot be put in place: sh -c .* \/srv\/jail\d+\/etc\/one refuses it, exit status 3: \\x1b\[31mbad: new/,
        ],
        [
          ["sleep", "60", "{file}"],
          /sleep 60 \/srv\/jail\d+\/etc\/one refuses it, (it took longer than 1 s|exit status 1: .*)/,
        ],
        [
          ["/no/such", "-t", "{root}", "{jailFile}"],
          /\/no\/such -t \/srv\/jail\d+ \/etc\/one refuses it, exit status 127/,
        ],
      ];
      for (const [validate, why] of cases) {
        const { errors } = await up({
          one: { path: "etc/one", content: "new", validate, timeLimit: 1, onChange: ["sh", "-c", "echo >>/log"] },
          two: { path: "etc/two", content: "new" },
        });
        expect(errors.length).toBe(1);
        expect(errors[0] ?? "").toMatch(why);
        expect(await host.must(`cat ${root}/etc/one ${root}/etc/two`)).toBe("oldnew");
        assert.equal(await log(), "", "and its onChange does not run");
        expect(await left()).not.toMatch(/staging|staged|\.out/);
        expect((await up(old)).errors).toStrictEqual([]);
      }
    });

    test("one that accepts it sees the file as its host and as the jail does, with its owner and mode", async () => {
      await fresh();
      const script = `test "${root}$2" = "$1" && test "$3" = ${root} && stat -c "%u %g %a" "$1" && cat "$1"; exit 9`;
      const validate = ["sh", "-c", script, "sh", "{file}", "{jailFile}", "{root}"];
      const { errors } = await up({ one: { path: "etc/one", content: "text", owner: "www", mode: "0600", validate } });
      expect(errors.join()).toMatch(/exit status 9: 1033 1033 600; text/);
    });

    test("with validateUser it has that user's rights, and no number of the host's", async () => {
      await fresh();
      const validate = ["sh", "-c", 'id -u; cat "$0" && exit 9', "{file}"];
      const of = async (more: { mode: string; owner?: string }) =>
        (await up({ one: { path: "etc/one", content: "text", ...more, validate, validateUser: "www" } })).errors.join();
      const refused = /the host has no setpriv of util-linux: only root can run it/;
      const read = flavour === "gnu" ? /exit status 9: 21\d{8}; text/ : refused;
      expect(await of({ mode: "0640" })).toMatch(read);
      expect(await of({ mode: "0400", owner: "www" })).toMatch(read);
      expect(await of({ mode: "0600" })).toMatch(flavour === "gnu" ? /21\d{8}; cat: .*denied/i : refused);
      expect(await of({ mode: "0040", owner: "www" })).toMatch(flavour === "gnu" ? /21\d{8}; cat: .*denied/i : refused);
    });

    if (flavour === "gnu")
      test("one that a user's rights were enough for is put in place with its own owner, mode and ACL", async () => {
        await fresh();
        const of = (path: string, more: object) => ({
          path,
          content: "text",
          validate: ["cat", "{file}"],
          validateUser: "www",
          ...more,
        });
        const files = {
          own: of("etc/own", { owner: "www", mode: "0440" }),
          named: of("etc/named", { group: "root", mode: "0440" }),
        };
        const rules = {
          own: { match: "etc/own", special: ["setuid" as const] },
          named: { match: "etc/named", acl: ["user:www:r"] },
        };
        const driven = drive(siteOn(host, root), {}, rules, files);
        expect(await driven.up()).toSucceed();
        expect(await host.must(`cd ${root}/etc; stat -c '%u %a' own; getfacl -cn named | grep user:1`)).toBe(
          "1033 4440\nuser:1033:r--\n",
        );
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
      expect(errors.length).toBe(3);
      expect(errors.join()).not.toMatch(new RegExp(canary));
      expect(errors.join()).toMatch(/not shown, as the content is a secret/);
      expect((await host.sh(`grep -rl ${canary} ${root} /var/lib /etc /tmp /run`)).stdout).toBe("");
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
      expect(errors.length).toBe(1);
      expect(errors.join()).toMatch(/etc\/dir is a directory/);
      // The daemon's root is the link's root, too.
      expect(await host.must(`cat ${root}/srv/out/file`)).toBe("x");
      expect(host.path("/srv/out")).toBeUntouched(outside);
      expect(await host.must(`cd ${root}/etc; cat link fifo; stat -c %F link fifo`)).toBe(
        "inin\nregular file\nregular file\n".replace("inin\n", "inin"),
      );
    });
  });
