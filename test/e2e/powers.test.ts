import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import { account, type Declared, type DeclaredRule } from "../support/program";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const lab = useLab({ accounts: { ...account, backup: { uid: 1034, gid: 1034 } } });
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  /** As getfacl prints it, in one line. */
  const acl = async (path: string) => (await must(`getfacl -cpE ${path}`)).trim().replaceAll("\n", " ");
  const plain = "user::rwx group::r-x other::---";
  const shared = "user::rwx user:backup:r-x group::r-x mask::r-x other::---";
  const declaration = (more: Record<string, DeclaredRule> = {}): Declared => ({
    jails: {
      app: lab.jail("/srv/app", { directories: { bin: "programs", share: "for backups", log: "what it says" } }),
    },
    rules: {
      backup: { jail: "app", match: "share", acl: ["user:backup:rX"] },
      made: { jail: "app", match: "log", acl: ["default:user:backup:rX"] },
      shared: { jail: "app", match: "share", special: ["setgid"] },
      ping: { jail: "app", match: "bin/ping", fileMode: "0750", capabilities: "cap_net_raw=ep" },
      ...more,
    },
  });
  const clean = async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(/6 unchanged/);
    return preview;
  };

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await lab.stack();
    stack.declare(declaration());
  });

  test("are made with the jail, as the preview says", async () => {
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "backup", "create")).toStrictEqual({
      share: "absent => directory acl:user:backup:r-x",
    });
    expect(shownDrift(preview, "made", "create")).toStrictEqual({
      log: "absent => directory acl:default:user:backup:r-x",
    });
    expect(shownDrift(preview, "shared", "create")).toStrictEqual({ share: "absent => setgid directory" });
    assert.equal(shownDrift(preview, "ping", "create"), undefined, "nobody makes files");
    ok(await stack.up());
    expect(await must("stat -c '%n %U:%G %a' bin share log")).toBe(
      "bin root:www 750\nshare root:www 2750\nlog root:www 750\n",
    );
    expect(await acl("share")).toBe(shared);
    expect(await acl("log")).toBe(
      `${plain} default:user::rwx default:user:backup:r-x default:group::r-x default:mask::r-x default:other::---`,
    );
  });

  test("of a file that is not there leave a remark on the jail, and no drift", async () => {
    const preview = await clean();
    expect(preview).toMatch(
      /PermissionRule \(ping\):\n.*\/srv\/app: PermissionRule::ping matches nothing: there is no file or directory like bin\/ping that it would change \(runtime: true/,
    );
  });

  test("of a file that appears are shown and set, and the remark goes", async () => {
    await must("cp /bin/true bin/ping && chgrp www bin/ping && chmod 750 bin/ping");
    expect(shownDrift(ok(await stack.preview("--diff")), "ping")).toStrictEqual({
      "bin/ping": "0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER",
    });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    expect(await clean()).not.toMatch(/matches nothing/);
  });

  test("that have drifted, each in its way, are shown where they are declared and repaired", async () => {
    await must(`setfacl -m u:www:rx bin; setfacl -x u:backup share; chmod g-s share
      cp /bin/true bin/other; chown root:www bin/other; chmod 640 bin/other; setcap cap_sys_admin,cap_chown+eip bin/other
      setcap cap_net_admin+ep bin/ping`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "bin/other": "root:www 0640 caps:cap_chown,cap_sys_admin=eip => root:www 0640 no caps",
      bin: "root:www 0750 acl:user:www:r-x => root:www 0750 no acl",
    });
    expect(shownDrift(preview, "backup")).toStrictEqual({
      share: "acl without user:backup:r-x => acl:user:backup:r-x, LOOSER",
    });
    expect(shownDrift(preview, "shared")).toStrictEqual({ share: "no special bits => setgid, LOOSER" });
    expect(shownDrift(preview, "ping")).toStrictEqual({
      "bin/ping": "0750 caps:cap_net_admin=ep => 0750 caps:cap_net_raw=ep, LOOSER",
    });
    expect(preview).toMatch(
      /bin is root:www 0750 acl:user:www:r-x, declared root:www 0750 no acl \(Jail::app: baseline\)/,
    );

    const up = ok(await stack.up());
    expect(up).toMatch(/bin was root:www 0750 acl:user:www:r-x, is now root:www 0750 no acl/);
    expect([await acl("bin"), await acl("share")]).toStrictEqual([plain, shared]);
    expect(await must("getcap bin/other; stat -c %a share bin")).toBe("2750\n750\n");
    expect(await must("getcap bin/ping")).not.toMatch(/admin/);
    await clean();
    expect(ok(await stack.preview("--expect-no-changes", "--refresh"))).toMatch(/6 unchanged/);
  });

  test("however long an ACL is, what is declared is shown to its end", async () => {
    await must("setfacl -d -m u:www:rwx log");
    const text = shownDrift(ok(await stack.preview("--diff")), "made")?.["log"] ?? "";
    await must("setfacl -d -x u:www log && setfacl -d -m m::rx log");
    expect(text).toMatch(/user:www:rwx.* => .*/);
    assert.doesNotMatch(text, /\.\.\./, "the CLI cuts longer texts");
  });

  test("that a new owner took from a file are given back by an up after the one that made it root's again", async () => {
    await must("chown www bin/ping && chmod u+s,o+rx share");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "bin/ping": "www:www => root:www",
      share: "root:www 6755 => root:www 6750",
    });
    const { "(host)": why, ...drift } = shownDrift(preview, "ping") ?? {};
    expect(drift).toStrictEqual({ "bin/ping": "0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER" });
    const refused = /bin\/ping is to get capabilities, and others than root could write in bin\/ping until now/;
    expect(why ?? "").toMatch(refused);
    expect(failed(await stack.up("--continue-on-error"))).toMatch(refused);
    assert.equal(await must("getcap bin/ping; stat -c %U bin/ping"), "root\n", "somebody has to look at it first");
    ok(await stack.up());
    expect(await must("getcap bin/ping; stat -c '%U %a' bin/ping share")).toMatch(
      /cap_net_raw[=+]ep\nroot 750\nroot 2750\n/,
    );
    await clean();
  });

  test("that are still there when only the owner has drifted stay as they are", async () => {
    await must("chown www bin/ping && setcap cap_net_raw+ep bin/ping");
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({ "bin/ping": "www:www => root:www" });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    await clean();
  });

  test("are put into the state by a refresh as they are, and the next up repairs them", async () => {
    await must("setfacl -b share && setcap -r bin/ping");
    ok(await stack.refresh());
    const { drift } = stack.resource("ping").outputs as { drift: Record<string, string> };
    expect(drift).toStrictEqual({ "bin/ping": "0750 no caps" });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "ping")?.["bin/ping"]).toBe("0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER");
    expect(shownDrift(preview, "backup")).toStrictEqual({ share: "no acl => acl:user:backup:r-x, LOOSER" });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    expect(await acl("share")).toBe(shared);
    await clean();
  });

  test("of a rule that leaves the program fall to the jail, which takes them away", async () => {
    const { rules: { backup: _, ...rules } = {}, ...rest } = declaration();
    stack.declare({ ...rest, rules });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      share: "root:www 2750 acl:user:backup:r-x => root:www 2750 no acl",
    });
    ok(await stack.up());
    expect(await acl("share")).toBe(plain);
    stack.declare(declaration());
    ok(await stack.up());
    await clean();
  });

  test("of a rule that another overrides everywhere leave a remark that names both", async () => {
    stack.declare(declaration({ last: { jail: "app", match: "sha*", acl: [], order: 200 } }));
    const preview = ok(await stack.preview("--diff"));
    const said = "PermissionRule::backup changes nothing: PermissionRule::last says otherwise";
    expect(linesWith(preview, said).length).toBe(1);
    expect(shownDrift(preview, "last", "create")?.["share"] ?? "").toMatch(/^acl:.* => no acl$/);
    stack.declare(declaration());
  });

  test("that could be another's are refused: below what the daemon writes, and on what a glob matches", async () => {
    const jail = "app";
    stack.declare(declaration({ glob: { jail, match: "bin/*", capabilities: "cap_chown=ep" } }));
    const mistake = failed(await stack.preview());
    expect(mistake).toMatch(/capabilities.*needs a literal path/s);
    stack.declare(
      declaration({
        open: { jail, match: "bin", directoryMode: "0770", reason: "a mistake" },
        unknown: { jail, match: "bin", acl: ["user:nosuch:rX"] },
      }),
    );
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "ping")?.["(host)"] ?? "").toMatch(
      /^refused: bin\/ping is declared with capabilities, and others than root may write in bin: /,
    );
    expect(shownDrift(preview, "unknown", "create")?.["(host)"] ?? "").toMatch(
      /^refused: the host has no user "nosuch"/,
    );
    stack.declare(declaration());
    await clean();
  });
});
