import { beforeAll, describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { doors } from "../support/doors";
import { failed, ok, section, shownDrift, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { LabConnection, LabHost } from "../support/sshd";
import type { Stack } from "../support/stack";

const plugin = doors.find(({ name }) => name === "plugin");

// The drift tests of both doors are in e2e: these are about reads, which dynamic resources have in a refresh alone.
describe("drift over the plugin", () => {
  const lab = useLab();
  let stack: Stack;
  let other: LabHost;
  const declare = (connection: LabConnection) => {
    const jail = { directories: { etc: "settings", var: "data" } };
    const rule = (of: string, match: string) => ({ jail: of, match, directoryMode: "0711" });
    const all: Declared = {
      jails: {
        app: { ...lab.jail("/srv/app", jail), connection },
        away: { connection: other.connection, root: "/srv/away" },
      },
      rules: { var: rule("app", "var"), etc: rule("app", "etc") },
    };
    plugin?.declare(stack, all);
  };
  const modes = () => lab.host.must("cd /srv/app && stat -c %a var etc");
  beforeAll(async () => {
    other = await lab.anotherHost();
    stack = await lab.stack();
    declare(lab.host.connection);
    ok(await stack.up());
  });

  test("is in the JSON of a preview, and changes its exit status, without a refresh too", async () => {
    await lab.host.must("cd /srv/app && chmod 777 var etc");
    const { steps, code } = await stack.json();
    expect(code).toBe(0);
    const updates = steps.filter(({ op }) => op === "update");
    expect(updates.map(({ detailedDiff }) => Object.keys(detailedDiff ?? {}))).toStrictEqual([
      ["drift.var"],
      ["drift.etc"],
    ]);
    failed(await stack.preview("--expect-no-changes"));
    expect(shownDrift(ok(await stack.preview("--diff", "--refresh=false")), "app-var")).toStrictEqual({
      var: "0777 => 0711",
    });
  });

  test("of one resource is repaired alone with --target", async () => {
    ok(await stack.up("--target", stack.resource("app-var").urn));
    expect(await modes()).toBe("711\n777\n");
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "app-var")).toBe(undefined);
    expect(shownDrift(preview, "app-etc")).toStrictEqual({ etc: "0777 => 0711" });
  });

  test("of a host that is away is not known, and the other host is looked at", async () => {
    await other.stopSshd();
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "away")).toMatch(
      /~ \(host\): "not checked: nothing accepts connections .*" => "not checked \(still\)"/,
    );
    expect(shownDrift(preview, "app-etc")).toStrictEqual({ etc: "0777 => 0711" });
    failed(await stack.preview("--expect-no-changes"));
    await other.startSshd();
  });

  test("is seen with a new key, of which the state does not know yet", async () => {
    const { privateKey, publicKey } = makeKey("ed25519");
    await lab.host.must(`echo '${publicKey}' >/etc/ssh/authorized_keys`);
    declare({ ...lab.host.connection, privateKey });
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toContain('etc: "0777 => 0711"');
    ok(await stack.up());
    expect(await modes()).toBe("711\n711\n");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("keeps no resource from being deleted", async () => {
    await lab.host.must("chmod 777 /srv/app/var");
    ok(await stack.destroy());
    expect(stack.resources()).toStrictEqual([]);
  });
});
