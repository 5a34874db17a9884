import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { inodesOf, movingJail } from "../support/moving-jail";

describe("a jail that moves", () => {
  const lab = useLab();

  test("to another machine is made there, and the old one is left as it is, which the log says", async () => {
    const other = await lab.anotherHost();
    const stack = await lab.stack();
    stack.declare(movingJail(lab, "/srv/machine", lab.host.connection));
    ok(await stack.up());
    const before = await inodesOf(lab.host, "/srv/machine");
    stack.declare(movingJail(lab, "/srv/machine", other.connection));
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      ".": "absent => root:www 0750 directory",
      a: "absent => root:www directory",
    });
    const up = ok(await stack.up());
    expect(up).toMatch(
      /root@127\.0\.0\.1:\d+:\/srv\/machine is a different machine than before: the jail on the old machine stays unchanged/,
    );
    expect(await other.must("stat -c %a /srv/machine/a")).toBe("711\n");
    expect(await inodesOf(lab.host, "/srv/machine")).toBe(before);
    expect(stack.resource("app").outputs["machineId"]).toBe((await other.must("cat /etc/machine-id")).trim());
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});
