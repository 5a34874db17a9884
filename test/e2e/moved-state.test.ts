import { describe, expect, test } from "@jest/globals";
import { usePlugin } from "../support/doors";
import { ok, useLab } from "../support/e2e";
import { declareMoved, importState, movedState } from "../support/moved-state";

describe("a stack of each release", () => {
  const lab = useLab();

  test("moves to the plugin and back without a change, in either form", async () => {
    const [first, second] = [lab.host, await lab.anotherHost()];
    for (const host of [first, second])
      await host.must(
        "mkdir -p /srv/pages /etc/ssl /etc/jails; : >/etc/fstab; echo pem >/etc/ssl/cert.pem; echo '::1 self' >/etc/hosts; echo host-text >/etc/host-file",
      );
    const all = [];
    for (const [release, host] of [
      ["0.1.0", first],
      ["0.2.0", second],
    ] as const)
      for (const part of ["", "-files", "-contents"]) all.push(await movedState(`${release}${part}`, host));
    const stack = await lab.stack({ project: "fixture" });
    usePlugin(stack);
    ok(await importState(stack, all));
    declareMoved(stack, "plain dynamic resources", all);
    ok(await stack.up());
    // The host has all that the stored state says.
    ok(await importState(stack, all));

    declareMoved(stack, "plain resources of the plugin", all);
    ok(await stack.preview("--expect-no-changes", "--diff"));
    declareMoved(stack, "bundles of the plugin", all);
    // The components are new, and a launcher has the name of its Wrapper in a comment.
    const bundled = ok(await stack.preview("--diff"));
    expect(bundled).toMatch(/Resources:\n +\+ 6 to create\n +~ 2 to update\n +8 changes\. 21 unchanged\n/);
    expect(
      bundled
        .match(/^[-+]# .*/gm)
        ?.map((line) => line.replace(/,.*/, ""))
        .sort(),
    ).toStrictEqual([
      "+# JailBundle$Wrapper site-0.1.0-files-daemon-0.1.0-files",
      "+# JailBundle$Wrapper site-0.2.0-files-daemon-0.2.0-files",
      "-# Wrapper daemon-0.1.0-files",
      "-# Wrapper daemon-0.2.0-files",
    ]);
    ok(await stack.up());
    expect(stack.stateText()).not.toMatch(/BEGIN OPENSSH|canary/);
    declareMoved(stack, "bundles by class", all);
    ok(await stack.preview("--expect-no-changes", "--diff"));
    ok(await stack.up());
    ok(await stack.destroy());
    for (const host of [first, second]) expect(await host.must("find /var/lib/pulumi-chroot -name '*.json'")).toBe("");
  });
});
