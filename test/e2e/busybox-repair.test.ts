import { describe, expect, test } from "@jest/globals";
import { useBusyboxJail } from "../support/busybox-jail";
import { ok, shownDrift } from "../support/e2e";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const { lab, shared, must, clean } = useBusyboxJail({ isMade: true });

  test("has its drift shown and repaired, also below what the daemon writes", async () => {
    const { stack } = shared;
    await must(`touch etc/conf 'etc/new
line' && chgrp www etc/* && chmod 640 etc/* && chmod 666 etc/conf && chown www 'etc/new
line' && chmod 777 var && rmdir var/run && chmod g-s etc && touch var/spool/x && chmod 4755 var/spool/x && chown www var/spool/x && chmod 4755 var/spool/x`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "etc/conf": "root:www 0666 => root:www 0640",
      "etc/new\\nline": "www:www 0640 => root:www 0640",
      "var/run": "absent => root:www 0750 directory",
      "var/spool/x": "4755 => 0755",
    });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":root 0777 => :root 0711" });
    expect(shownDrift(preview, "share")).toStrictEqual({ etc: "no special bits => setgid, LOOSER" });
    ok(await stack.up());
    expect(await must("stat -c '%U:%G %a' etc etc/conf etc/new* var var/run var/spool var/spool/x")).toBe(
      "root:www 2750\nroot:www 640\nroot:www 640\nroot:root 711\nroot:www 750\nroot:www 770\nwww:root 755\n",
    );
    await clean();
  });

  test("ends with the files as they are and nothing of the registry", async () => {
    const { stack } = shared;
    const tree = "cd /srv/app && find . -type d -o -type f | sort | xargs stat -c '%n %U:%G %a' 2>/dev/null";
    const before = await lab.host.must(`${tree} || true`);
    ok(await stack.destroy());
    expect(await lab.host.must(`${tree} || true`)).toBe(before);
    expect(await lab.host.must("ls /var/lib/pulumi-chroot")).toBe("");
    expect(stack.resources().filter(({ urn }) => urn.includes("chroot:"))).toStrictEqual([]);
  });
});
