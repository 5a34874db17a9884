import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";

const reason = "the daemon needs it";

/** Every kind of mount, a user who logs in, and a whole directory at its place on the host. */
describe("a jail with all kinds of mounts", () => {
  const lab = useLab();
  const root = "/srv/kinds";

  test("is previewed, made, left alone, repaired and removed", async () => {
    await lab.host.must(
      `mkdir -p /srv/www/home; chown -R www:www /srv/www; echo conf >/srv/conf; echo '# mine' >/etc/fstab`,
    );
    const stack = await lab.stack();
    stack.declare({
      jails: {
        app: lab.jail(root, {
          onDelete: "removeCreated",
          accounts: { users: { www: { reason, shell: "/bin/sh", home: "/home/www", comment: "Web, one" } } },
          mounts: {
            "etc/conf": { type: "bind", source: "/srv/conf", reason },
            home: { type: "bind", source: "/srv/www/home", untrustedSource: "its own home", reason },
            proc: { type: "proc", allowDangerous: "nothing else runs as www", reason },
            tmp: { type: "tmpfs", size: "64k", mode: "1777", reason },
          },
        }),
      },
      files: { nsd: { jail: "app", path: "etc/nsd", directory: true, hostLink: "/etc/nsd" } },
    });
    const preview = ok(await stack.preview("--diff"));
    const limits = "ro,nosuid,nodev,noexec";
    expect(shownDrift(preview, "app", "create")?.["proc"]).toBe(
      `not mounted => proc hidepid=ptraceable,subset=pid ${limits}`,
    );
    expect(preview).toMatch(
      /through \/proc\/PID\/root or cwd of a process outside with its user the daemon leaves the jail/,
    );
    expect(preview).toMatch(/can give the daemon a way out of the jail through a socket there: its own home/);
    ok(await stack.up());
    expect(
      await lab.host.must(
        `cd ${root}; cat etc/passwd etc/conf; stat -c '%n %a' tmp home; readlink /etc/nsd; ls proc | grep -c '^[a-z]'`,
      ),
    ).toBe(`www:x:1033:1033:Web, one:/home/www:/bin/sh\nconf\ntmp 1777\nhome 755\n${root}/etc/nsd\n2\n`);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    const check = await lab.host.sh("sh /var/lib/pulumi-chroot/kinds-*/permissions.sh --check");
    expect([check.code, check.stdout]).toStrictEqual([0, ""]);
    await lab.host.must(`cd ${root}; umount etc/conf proc home; rm /etc/nsd; sed -i 's#/bin/sh#/bin/ash#' etc/passwd`);
    const drifted = ok(await stack.preview("--diff"));
    expect(Object.keys(shownDrift(drifted, "app") ?? {}).sort()).toStrictEqual([
      "etc/conf",
      "etc/passwd",
      "home",
      "proc",
    ]);
    expect(shownDrift(drifted, "nsd")).toStrictEqual({ "/etc/nsd": `absent => link -> ${root}/etc/nsd` });
    ok(await stack.up());
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    ok(await stack.destroy());
    expect(
      await lab.host.must(
        `ls -d ${root} /etc/nsd 2>&1 | grep -c No; cat /etc/fstab; grep -c ${root} /proc/self/mountinfo || :; ls /srv/www/home`,
      ),
    ).toBe("2\n# mine\n0\n");
  });
});
