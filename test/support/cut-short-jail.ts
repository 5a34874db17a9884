import assert from "node:assert/strict";
import { expect } from "@jest/globals";
import type * as chroot from "../../provider";
import { ok, useLab } from "./e2e";
import { type Fault, type Faults, type Operation, prepareFaults } from "./faults";
import { useSharedStack } from "./shared-stack";
import type { Stack } from "./stack";

interface Given {
  readonly jail: chroot.JailArgs;
  readonly files: Readonly<Record<string, Omit<chroot.JailFileArgs, "jail">>>;
  readonly wrapper: Omit<chroot.WrapperArgs, "jail">;
}

/** How many share a run depends on the moment, and with it the number of operations. */
const oneByOne = ["--parallel", "1"];

/**
 * A jail with files and a launcher, and an `up` that ends in the middle; the next command is a refresh, a destroy or
 * another up. To be called in a describe.
 */
export function useCutShortJail() {
  const lab = useLab();
  const root = "/srv/app";
  const wrapper = "/etc/jails/cat";
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
  const urns = (...names: string[]) => names.flatMap((name) => ["--target", shared.stack.resource(name).urn]);
  const at = (part: number) => Math.ceil(part * operations.length);
  const cut = async (fault: Fault, nth: number) => {
    await reset();
    await faults.inject(fault, nth, () => shared.stack.up(...oneByOne));
    const names = shared.stack.resources().map(({ urn }) => urn);
    // A refresh also works after an unfinished run: it reports the missing parts, and forgets nothing.
    ok(await shared.stack.refresh());
    expect(shared.stack.resources().map(({ urn }) => urn)).toStrictEqual(names);
    assert.ok(names.length > 1, "the engine knows what it has begun");
  };

  const declare = (stack: Stack) =>
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
  const shared = useSharedStack(lab, async (stack) => {
    // Another stack is recorded: to destroy it first would take one command more.
    const recorded = await lab.stack();
    for (const each of [recorded, stack]) declare(each);
    await lab.host.must("mkdir -p /run/lab");
    await reset();
    faults = await prepareFaults(lab.host, ["ln", "cp", "dd"]);
    operations = await faults.record(async () => void ok(await recorded.up(...oneByOne)));
  });

  const isWhole = async () => {
    expect(await contents()).toBe(
      "==> etc/conf <==\nnew conf\n\n==> etc/new <==\nmade\n\n==> etc/own <==\nown\n\n==> /etc/app.conf <==\nmade\n",
    );
    assert.ok(
      await is(`chroot ${root} /bin/cat /etc/new && test -x ${wrapper} && test "$(cat ${root}/data/new/page)" = page`),
    );
    expect(ok(await shared.stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(await left()).toBe("");
  };
  const inject = (fault: Fault, nth: number, run: () => Promise<unknown>) => faults.inject(fault, nth, run);
  return { lab, shared, root, wrapper, at, cut, inject, is, isWhole, left, registered, contents, urns };
}
