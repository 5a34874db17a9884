import { describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { useLaunchers } from "../support/launchers";

describe("launchers of two jails at one path of their host", () => {
  const { lab, path, declare, host } = useLaunchers();

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
});
