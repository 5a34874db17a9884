import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { walk } from "../support/jail-site";
import { launcher, mounts, root, useNginx } from "../support/nginx";
import { endDaemons, restart } from "../support/restart";

describe("nginx in the jail of examples/nginx", () => {
  const { lab, start } = useNginx();
  const places = () =>
    ["/chroot", "/etc", "/srv", "/var"].flatMap((top) =>
      [...walk(lab.host.path(top))].map(([path, { type, mode, uid, gid, size }]) =>
        [top, path, type, mode, uid, gid, type === "file" ? size : ""].join(" "),
      ),
    );
  let untouched: string[];

  beforeAll(async () => {
    untouched = places();
    ok(await lab.stack.up());
    await start();
  });

  test("does not start after a restart before all is mounted; what is in fstab is enough", async () => {
    await restart(lab.host, root);
    const early = await lab.host.run(["timeout", "5", launcher]);
    expect(early.code).toBe(78);
    expect(early.stderr).toMatch(/not started: nothing is mounted at \/chroot\/nginx\//);
    await lab.host.must("mount -a");
    await start();
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("what a restart took shows, and what somebody changes: one up brings it back", async () => {
    await restart(lab.host, root);
    const library = (await lab.host.must(`cd ${root}; find usr/lib -name 'libz.so.1'`)).trim();
    await lab.host.must(
      `cp /bin/true ${root}/var/log/nginx/tool; chmod 4755 ${root}/var/log/nginx/tool
       printf x >>${root}/${library}; chmod 0777 ${launcher}; echo x >${root}/etc/left`,
    );
    const preview = ok(await lab.stack.preview("--diff"));
    const { [library]: stale = "", ...shown } = shownDrift(preview, "nginx") ?? {};
    expect(stale).toMatch(/^root:root 0644 stale sha256:.* as the host's /);
    expect(shown).toStrictEqual({
      ...mounts,
      "etc/left": "root:root 0644 file => absent",
      "var/log/nginx/tool": "4755 => 0755",
    });
    expect(preview).toMatch(/\/etc\/jails\/nginx *: "root:root 0777 => root:root 0755"/);
    ok(await lab.stack.up());
    await start();
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("leaves nothing but what was put there beside it, where all that was made is to go", async () => {
    await endDaemons(lab.host);
    ok(await lab.stack.destroy());
    // The registry keeps the replaced files, and the quarantine keeps the entries of others.
    const others = /^\/(var log\/sshd|var lib\/pulumi-chroot|srv www\/index.html)/;
    const left = places().filter((place) => !untouched.includes(place) && !others.test(place));
    const names = left.map((place) => place.split(" ")[1]?.replace(/[0-9]+T[0-9]+-[0-9]+/, "TIME") ?? "");
    const log = "nginx/.pulumi-chroot/TIME/log";
    expect([...new Set(names)].sort()).toStrictEqual([
      ...["nginx", "nginx/.pulumi-chroot", "nginx/.pulumi-chroot/TIME", log],
      ...["", "/access.log", "/error.log", "/tool"].map((name) => `${log}/nginx${name}`),
      "nginx/.pulumi-chroot/index",
      "nginx/.pulumi-chroot/places",
    ]);
    expect((await lab.host.sh(`grep -c ' ${root}/' /proc/self/mountinfo`)).stdout).toBe("0\n");
  });
});
