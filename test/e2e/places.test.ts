import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

/** Jails by name, each with a launcher at a path. */
type Given = Readonly<Record<string, { readonly jail: object; readonly path: string }>>;

describe("launchers of two jails at one path of their host", () => {
  const lab = useLab();
  const path = "/etc/jails/start";
  const jailArgs = (name: string) => ({
    user: "www",
    group: "www",
    baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
    binaries: { "/bin/sleep": "the daemon of this test" },
    ...lab.jail(`/srv/${name}`),
  });
  const declare = (stack: Stack, paths: Readonly<Record<string, string>>) =>
    stack.program<Given>(
      ({ Jail, Wrapper }, given) => {
        for (const [name, { jail: args, path }] of Object.entries(given)) {
          const jail = new Jail(name, args as chroot.JailArgs);
          new Wrapper(`${name}-start`, { jail, path, command: ["/bin/sleep", "9"], reason: "a test" });
        }
      },
      Object.fromEntries(
        Object.entries(paths).map(([name, path]) => {
          return [name, { jail: jailArgs(name), path }];
        }),
      ),
    );
  const host = (stack: Stack, name: string) =>
    stack.preview("--diff").then((ran) => shownDrift(ok(ran), name, "create")?.["(host)"] ?? "");

  beforeAll(() => lab.host.must("mkdir -p /etc/jails"));

  test("of one program never overwrite each other, although no registry knows of either yet", async () => {
    const stack = await lab.stack();
    declare(stack, { one: path, two: path });
    // The first one is checked before anything is known of the second.
    expect(await host(stack, "two-start")).toMatch(/^refused: Wrapper::one-start puts \/etc\/jails\/start there too/);
    const up = failed(await stack.up("--continue-on-error"));
    expect(up).toMatch(
      /Wrapper::two-start is refused: .*:\/srv\/two: Wrapper::one-start puts \/etc\/jails\/start there too/,
    );
    declare(stack, { one: path, two: `${path}-two` });
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    ok(await stack.destroy());
    await lab.host.must("rm -r /srv/one /srv/two");
  });

  test("of two stacks are one launcher, of the first that came; the other one hears whose it is", async () => {
    const [base, guest] = [await lab.stack({ project: "base" }), await lab.stack({ project: "guest" })];
    declare(base, { one: path });
    ok(await base.up());
    const inode = await lab.host.must(`stat -c '%i %Z' ${path}`);
    declare(guest, { two: path });
    const says =
      /Wrapper::one-start of stack base\/dev puts \/etc\/jails\/start there too, for the jail \/srv\/one: give one of the two another path/;
    expect(await host(guest, "two-start")).toMatch(says);
    expect(failed(await guest.up())).toMatch(says);
    expect(await lab.host.must(`stat -c '%i %Z' ${path}`)).toBe(inode);
    ok(await base.preview("--expect-no-changes"));
    ok(await base.destroy());
    ok(await guest.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/\/srv\/two/);
  });

  test("are one that goes from one jail to the other with its resource, and is still there when the old one is deleted", async () => {
    const stack = await lab.stack({ project: "moves" });
    const moving = (name: string) =>
      stack.program<{ jails: Record<string, object>; name: string }>(
        ({ Jail, Wrapper }, given) => {
          const jails = Object.entries(given.jails).map(([name, args]) => [
            name,
            new Jail(name, args as chroot.JailArgs),
          ]);
          const jail = Object.fromEntries(jails)[given.name];
          new Wrapper("start", { jail, path: "/etc/jails/moving", command: ["/bin/sleep", "9"], reason: "a test" });
        },
        { jails: { three: jailArgs("three"), four: jailArgs("four") }, name },
      );
    moving("three");
    ok(await stack.up());
    moving("four");
    ok(await stack.up());
    expect(await lab.host.must("cat /etc/jails/moving")).toMatch(/\/srv\/four/);
    ok(await stack.preview("--expect-no-changes"));
  });
});
