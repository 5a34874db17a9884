import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { ok, useLab } from "../support/e2e";
import { type Fault, type Faults, type Operation, prepareFaults } from "../support/faults";
import type { Stack } from "../support/stack";

interface Given {
  readonly jail: chroot.JailArgs;
  readonly files: Readonly<Record<string, Omit<chroot.JailFileArgs, "jail">>>;
  readonly wrapper: Omit<chroot.WrapperArgs, "jail">;
}

/** The engine's own run ends in the middle; the next command is a refresh, a destroy or another up. */
/** How many share a run depends on the moment, and with it the number of operations. */
const oneByOne = ["--parallel", "1"];

describe("an up that was cut short", () => {
  const lab = useLab();
  const root = "/srv/app";
  const wrapper = "/etc/jails/cat";
  let stack: Stack;
  let faults: Faults;
  let operations: readonly Operation[];

  const reset = () =>
    lab.host.must(`rm -rf ${root} /etc/app.conf /var/lib/pulumi-chroot /etc/jails /run/lab/log
      mkdir -p ${root}/etc /etc/jails; cd ${root}; echo old >etc/conf; echo own >etc/own
      chown -R root:www .; chmod 0750 . etc; chmod 0640 etc/*`);
  const left = async () =>
    (
      await lab.host.must(`find ${root} /etc/jails /etc/app.conf -name '.pulumi-chroot*' 2>/dev/null || :
        ls -A /var/lib/pulumi-chroot/*/.[a-z]* 2>/dev/null | grep -v beat || :`)
    ).trim();
  /** The files of the registry, with the replaced contents that it keeps. */
  const registered = async () => (await lab.host.sh("ls -A /var/lib/pulumi-chroot/*")).stdout.trim();
  const contents = async () =>
    (await lab.host.sh(`cd ${root}; tail -n +1 etc/conf etc/new etc/own /etc/app.conf 2>/dev/null`)).stdout;
  const is = (text: string) => lab.host.sh(text).then(({ code }) => code === 0);
  const urns = (...names: string[]) => names.flatMap((name) => ["--target", stack.resource(name).urn]);
  const at = (part: number) => Math.ceil(part * operations.length);
  const cut = async (fault: Fault, nth: number) => {
    await reset();
    await faults.inject(fault, nth, () => stack.up(...oneByOne));
    const names = stack.resources().map(({ urn }) => urn);
    // A refresh also works after an unfinished run: it reports the missing parts, and forgets nothing.
    ok(await stack.refresh());
    expect(stack.resources().map(({ urn }) => urn)).toStrictEqual(names);
    assert.ok(names.length > 1, "the engine knows what it has begun");
  };

  beforeAll(async () => {
    stack = await lab.stack();
    stack.program<Given>(
      ({ Jail, JailFile, Wrapper }, given) => {
        const jail = new Jail("app", given.jail);
        for (const [name, file] of Object.entries(given.files)) new JailFile(name, { ...file, jail });
        new Wrapper("launcher", { ...given.wrapper, jail });
      },
      {
        jail: {
          ...lab.jail(root),
          user: "www",
          group: "www",
          baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
          binaries: { "/bin/cat": "the daemon of this test" },
          writable: { data: "the daemon's" },
          adopt: true,
        },
        files: {
          conf: {
            path: "etc/conf",
            content: "new conf\n",
            onChange: ["sh", "-c", "echo x >>/run/lab/log"],
            reason: "a test",
          },
          made: { path: "etc/new", content: "made\n", hostLink: "/etc/app.conf", reason: "a test" },
          below: { path: "data/new/page", content: "page\n", reason: "a test" },
        },
        wrapper: { path: wrapper, command: ["/bin/cat"], reason: "a test" },
      },
    );
    await lab.host.must("mkdir -p /run/lab");
    await reset();
    faults = await prepareFaults(lab.host, ["ln", "cp", "dd"]);
    operations = await faults.record(async () => void ok(await stack.up(...oneByOne)));
    ok(await stack.destroy());
  });

  const isWhole = async () => {
    expect(await contents()).toBe(
      "==> etc/conf <==\nnew conf\n\n==> etc/new <==\nmade\n\n==> etc/own <==\nown\n\n==> /etc/app.conf <==\nmade\n",
    );
    assert.ok(
      await is(`chroot ${root} /bin/cat /etc/new && test -x ${wrapper} && test "$(cat ${root}/data/new/page)" = page`),
    );
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(await left()).toBe("");
  };

  for (const [fault, part] of [
    ["cut", 0.4],
    ["power", 0.8],
  ] as const)
    test(`is finished by the next one, and destroyed without a rest (${fault})`, async () => {
      await cut(fault, at(part));
      ok(await stack.up());
      await isWhole();
      // Its files are removed one by one; a file that was there before stays.
      await faults.inject(fault, 3, () =>
        stack.destroy("--parallel", "1", ...urns("conf", "made", "below", "launcher")),
      );
      const names = ["conf", "made", "below", "launcher"].filter((name) =>
        stack.resources().some(({ urn }) => urn.endsWith(`::${name}`)),
      );
      ok(await stack.destroy(...urns(...names)));
      expect(await contents()).toBe("==> etc/conf <==\nnew conf\n\n==> etc/own <==\nown\n");
      assert.ok(await is(`test ! -e ${wrapper} && test ! -L /etc/app.conf && test -e ${root}/bin/cat`));
      expect(await left()).toBe("");
      ok(await stack.destroy());
      expect(await registered()).toBe("backup");
    });

  for (const [fault, part] of [
    ["killed", 0.7],
    ["power", 0.5],
    ["power", 0.9],
  ] as const)
    test(`is destroyed at once: nothing that was staged is left (${fault} at ${part})`, async () => {
      await cut(fault, at(part));
      ok(await stack.destroy());
      expect(stack.resources()).toStrictEqual([]);
      expect(await left()).toBe("");
      expect(await registered()).toMatch(/^(backup)?$/);
      expect(await contents()).toMatch(
        /^==> etc\/conf <==\n(old|new conf)\n\n(==> etc\/new <==\nmade\n\n)?==> etc\/own <==\nown\n/,
      );
      expect(await lab.host.must(`stat -c '%u:%g %a' ${root} ${root}/etc`)).toBe("0:1033 750\n0:1033 750\n");
    });
});
