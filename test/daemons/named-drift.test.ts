import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { root, useNamed } from "../support/named-server";

describe("named in the jail of examples/named", () => {
  const { example, dig } = useNamed({ isServing: true });

  test("a file that was changed on the host is shown, and comes back with a reload", async () => {
    const { host, stack } = example;
    await host.must(`rm -f /run/rndc; sed -i s/192.0.2.80/192.0.2.66/ ${root}/conf/example.com.zone`);
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "example.com.zone")?.["conf/example.com.zone"] ?? "").toMatch(
      /^sha256:\w+.* => sha256:\w+/,
    );
    expect(preview).toMatch(/the zone that this server is the master of/);
    ok(await stack.up());
    expect(await host.must("cat /run/rndc")).toBe(`-k ${root}/etc/rndc.key reload\n`);
    expect(await dig("www.example.com", "A")).toBe("192.0.2.80");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a permission that would keep named from its PID file is shown with its rule, and repaired", async () => {
    const { host, stack } = example;
    await host.must("chmod 0755 /chroot/named/var/run");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "var/run")).toStrictEqual({ "var/run": "0755 => 0775, LOOSER" });
    expect(preview).toMatch(/anybody may read the PID, to see whether named runs/);
    ok(await stack.up());
    expect(await host.must("stat -c '%U:%G %a' /chroot/named/var/run")).toBe("root:named 775\n");
    ok(await stack.preview("--expect-no-changes"));
  });
});
