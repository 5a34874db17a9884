import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";

describe("findings of a jail", () => {
  const lab = useLab();
  const root = "/srv/found";
  const rules = { old: { jail: "app", match: "nowhere/*", fileMode: "0600" } };

  test("are accepted by the program with a reason, and marked where no up has left them", async () => {
    await lab.host.must(`mkdir -p ${root}/etc && echo x >${root}/etc/known`);
    const stack = await lab.stack();
    const declare = (accept: Record<string, string>) =>
      stack.declare({ jails: { app: lab.jail(root, { adopt: true, directories: { etc: "read" }, accept }) }, rules });
    declare({ "undeclared-entries": "wrong" });
    expect(failed(await stack.preview())).toMatch(/accept.*"undeclared-entries" is not the id of a finding/s);
    declare({ "unknown-principal": "wrong" });
    expect(failed(await stack.preview())).toMatch(/"unknown-principal" keeps a change from being made wrongly/);

    const why = "known since the last audit";
    declare({ "undeclared-entry@etc/known": why, "dead-rule": "it is for a later file" });
    expect(ok(await stack.preview())).toMatch(/etc\/known is not declared by any resource \(accepted: known since/);
    ok(await stack.up());
    expect(await lab.host.must("cat /var/lib/pulumi-chroot/found-*/permissions.md")).toContain(why);

    await lab.host.must(`install -g www -m 0640 /dev/null ${root}/etc/planted`);
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(/ends this line\): etc\/planted \(new\)\n/);
    expect(preview).toMatch(/matches nothing.* \(accepted: it is for a later file\)\n/);
    expect(preview).not.toMatch(/warning:/);

    // Without the key the rule is a warning again, and the state keeps no trace of it.
    declare({ "undeclared-entry@etc/known": why });
    ok(await stack.up());
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/warning:.*old matches nothing/);
    expect(ok(await stack.preview())).not.toMatch(/\(new\)/);
  });
});
