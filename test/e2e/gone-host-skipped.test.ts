import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok } from "../support/e2e";
import { useGoneHost } from "../support/gone-host";

describe("what was on a host that is gone", () => {
  const { lab, shared, names } = useGoneHost({ onUnreachable: "skip" });
  beforeAll(() => lab.host.stopSshd());

  test("goes from the state alone with skip: one file, of which the log says where it was left", async () => {
    const { stack } = shared;
    const { host } = lab;
    const place = `root@127.0.0.1:${host.port}:/srv/gone`;
    const said = (output: string) =>
      linesWith(output, place).map((line) => line.slice(line.indexOf(place) + place.length));
    const [file] = said(ok(await stack.destroy("--target", stack.resource("file").urn)));
    expect(file ?? "").toMatch(
      /deleted from the state alone: .*ECONNREFUSED\); \/srv\/gone\/a\/b, \/etc\/linked and its record are left/,
    );
  });

  test("is not gone where the host is there and refuses the login", async () => {
    const { stack } = shared;
    const { host } = lab;
    await host.startSshd();
    await host.must("mv /etc/ssh/authorized_keys /etc/ssh/away");
    expect(failed(await stack.destroy())).toMatch(/does not accept connection\.privateKey\n.*run `pulumi up` first/);
    expect(names()).toContain("app");
    await host.must("mv /etc/ssh/away /etc/ssh/authorized_keys");
    await host.stopSshd();
  });

  test("goes with skip as a whole, and the log says what was left", async () => {
    const { stack } = shared;
    const { host } = lab;
    const destroy = ok(await stack.destroy());
    expect(destroy).toMatch(
      /warning: .*ECONNREFUSED\); the jail, the files of its resources, and their records are left there/,
    );
    expect(stack.resources()).toStrictEqual([]);
    await host.startSshd();
    expect(await host.must("cat /etc/linked; stat -c %a /srv/gone/a")).toBe("text711\n");
  });
});
