import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { recordLabels } from "../support/records";
import { baseAndGuest } from "../support/stacks-scene";

describe("a jail and its stacks", () => {
  const lab = useLab();

  test("a conflict names both, and a second Jail is refused with both names", async () => {
    const { base, guest, site, declareGuest } = await baseAndGuest(lab);
    ok(await guest.up());

    declareGuest({
      b: { jail: site, match: "b", directoryMode: "0711" },
      bad: { jail: site, match: "*b", directoryMode: "0755" },
    });
    const up = failed(await guest.up());
    expect(up).toMatch(
      /PermissionRule::bad is refused: .*PermissionRule::bad and PermissionRule::one of stack base\/dev|PermissionRule::one of stack base\/dev and PermissionRule::bad/,
    );
    expect(await lab.host.must("stat -c %a /srv/two/ab")).toBe("700\n");
    ok(await base.preview("--expect-no-changes"));

    guest.declare({ jails: { second: lab.jail("/srv/two") } });
    const refused = failed(await guest.up());
    expect(refused).toMatch(
      /Jail::second is refused: .*:\/srv\/two: Jail::app of stack base\/dev .*Jail::second cannot/,
    );
    const labels = await recordLabels(lab.host, "two");
    expect(labels.filter((label) => label.includes("Jail::")).length).toBe(1);

    declareGuest({});
    ok(await guest.up());
    expect(await recordLabels(lab.host, "two")).toStrictEqual([
      '"label": "Jail::app"',
      '"label": "PermissionRule::one"',
    ]);
    expect(shownDrift(ok(await base.preview("--diff")), "app")).toStrictEqual({
      b: "root:www 0711 => root:www 0750, LOOSER",
    });
  });
});
