import { describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { useExample } from "../support/example";
import { rndcKey, root } from "../support/named-server";

describe("examples/named on a host with Debian's names", () => {
  const tools = ["named", "rndc", "named-checkconf", "named-checkzone"];
  const lab = useExample("named", { tools, accounts: { bind: { uid: 1058, gid: 1058 } }, languageHost: true });

  test("puts the link to its configuration in the place of the package's, without a setting", async () => {
    await lab.host.must("mkdir -p /chroot /etc/bind; echo '// of the package' >/etc/bind/named.conf");
    ok(await lab.stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey));
    ok(await lab.stack.up());
    expect(await lab.host.must("readlink /etc/bind/named.conf")).toBe(`${root}/etc/named.conf\n`);
    expect(await lab.host.must(`stat -c '%n %U:%G %a' ${root}/etc/rndc.key ${root}/var/run`)).toBe(
      `${root}/etc/rndc.key root:bind 640\n${root}/var/run root:bind 775\n`,
    );
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("tells which distributions it knows where another is set", async () => {
    ok(await lab.stack.pulumi("config", "set", "distribution", "arch"));
    expect(failed(await lab.stack.preview())).toContain('no distribution "arch" in names.ts: set debian, rhel, alpine');
  });
});
