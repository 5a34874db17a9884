import { describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { ok } from "../support/e2e";
import { useLaunchers } from "../support/launchers";

describe("launchers of two jails at one path of their host", () => {
  const { lab, jailArgs } = useLaunchers();

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
