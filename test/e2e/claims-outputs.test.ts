import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift, useLab } from "../support/e2e";

describe("rules of a jail", () => {
  const lab = useLab();

  test("one whose values or match are Outputs is created in the same up, and what it sets is not set by the jail first", async () => {
    const args = { ...lab.jail("/srv/later", { directories: { a: "one", b: "two" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const later = await lab.stack();
    later.program(
      ({ Jail, PermissionRule }, given, { output }) => {
        const jail = new Jail("app", given);
        const reason = "a test";
        // Known only after the jail is there, so unknown in the first preview.
        const mode = jail.machineId.apply((id) => (id === "" ? "0000" : "0701"));
        new PermissionRule("value", { jail, match: "a", directoryMode: mode, reason });
        new PermissionRule("match", { jail, match: output("b"), group: "root", reason });
      },
      { ...args, baseline },
    );
    const preview = ok(await later.preview("--diff"));
    expect(section(preview, "value", "create") ?? "").toMatch(/directoryMode: (output<string>|\[unknown\])/);
    expect(preview).toMatch(/\+ 4 to create/);
    ok(await later.up());
    expect(await lab.host.must("cd /srv/later && stat -c '%n %U:%G %a' a b")).toBe("a root:www 701\nb root:root 750\n");
    expect(ok(await later.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
    await lab.host.must("chmod 777 /srv/later/a");
    const drifted = ok(await later.preview("--diff"));
    expect(shownDrift(drifted, "value")).toStrictEqual({ a: "0777 => 0701" });
    expect(shownDrift(drifted, "app")).toBe(undefined);
    // The Jail watches a path if the program does not declare it for certain; its outputs are unknown while it is about to change.
    await lab.host.must("chgrp www /srv/later/b");
    const both = ok(await later.preview("--diff"));
    expect(Object.keys(shownDrift(both, "app") ?? {})).toStrictEqual(["b"]);
    expect(shownDrift(both, "match")).toStrictEqual({ b: ":www => :root" });
    expect(shownDrift(both, "value")?.["(host)"] ?? "").toMatch(
      /^not checked: some of its arguments are not known yet/,
    );
    ok(await later.up());
    expect(ok(await later.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });
});
