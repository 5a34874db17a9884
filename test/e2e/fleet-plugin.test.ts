import { describe, expect, test } from "@jest/globals";
import { usePlugin } from "../support/doors";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { fill, type Program } from "../support/program";

/** A fleet as a program in another language asks for it: with data alone. */
const program: Program<{ readonly [argument: string]: unknown }> = (_, args, pulumi) => {
  new pulumi.ComponentResource("chroot:index:JailFleet", "named", args, {}, true);
};

describe("a JailFleet over the plugin", () => {
  const lab = useLab();

  test("changes one wave after the other, stops at a closed gate, and shows the drift of each host in a preview", async () => {
    const other = await lab.anotherHost();
    const stack = await lab.stack();
    usePlugin(stack);
    const { app } = fill({ jails: { app: lab.jail("/srv/app", { directories: { etc: "settings" } }) } }).jails;
    const rules = { etc: { match: "etc", directoryMode: "0711", reason: "a test" } };
    stack.program(program, {
      hosts: { ns1: { ...lab.host.connection, labels: { site: "ams" } }, ns2: other.connection },
      waves: [
        {
          name: "canary",
          labels: { site: "ams" },
          canary: true,
          gates: [{ name: "flag", command: "test ! -e /run/closed", timeout: 1 }],
        },
        { name: "rest" },
      ],
      jails: { app: { ...app, connection: undefined, rules } },
    });
    ok(await stack.up());
    expect(await other.must("stat -c %a /srv/app/etc")).toBe("711\n");
    ok(await stack.preview("--expect-no-changes"));
    expect(stack.stateText()).not.toContain("PRIVATE KEY");
    expect(stack.resource("named-ns2-app-etc").urn).toMatch(
      /JailFleet\$chroot:index:FleetHost\$chroot:index:JailBundle\$chroot:index:PermissionRule::/,
    );

    await lab.host.must("chmod 777 /srv/app/etc && touch /run/closed");
    await other.must("chmod 777 /srv/app/etc");
    const drifted = ok(await stack.preview("--diff"));
    expect(shownDrift(drifted, "named-ns1-app-etc")).toStrictEqual({ etc: "0777 => 0711" });
    expect(shownDrift(drifted, "named-ns2-app-etc")).toStrictEqual({ etc: "0777 => 0711" });
    expect(drifted).toContain("2 hosts drifted: ns1, ns2");

    // In a process of its own: the SDK ends a program with an error that no one can catch when a component's resource fails.
    const closed = failed(await stack.pulumi("up", "--yes", "--skip-preview"));
    expect(closed).toMatch(/the gate flag is closed: JailFleet named, wave canary: ns1: .*exit status 1/);
    expect(await lab.host.must("stat -c %a /srv/app/etc")).toBe("711\n");
    expect(await other.must("stat -c %a /srv/app/etc")).toBe("777\n");
    await lab.host.must("rm /run/closed");
    expect(ok(await stack.up())).toContain("2 hosts in sync: ns1, ns2");
    expect(await other.must("stat -c %a /srv/app/etc")).toBe("711\n");
    ok(await stack.preview("--expect-no-changes"));
  });
});
