import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { root, useNamed } from "../support/named-server";

describe("named in the jail of examples/named", () => {
  const { example, ports, start, dig } = useNamed({ isServing: true });

  test("a zone that named receives is shown when its mode is not as declared, and replaced after the repair", async () => {
    const { host, stack } = example;
    await host.must("mkdir -p /srv/primary; chown named: /srv/primary");
    const file = `${root}/conf/secondaries/example.org.zone`;
    const serve = async (serial: number, address: string) => {
      writeFileSync(host.path("/srv/primary/zone"), zone(address, serial));
      if (serial === 1) await start(["-c", "/srv/primary/named.conf"], ports.primary);
      else await host.must("kill -HUP $(cat /srv/primary/pid)");
      await host.must(`rndc -k ${root}/etc/rndc.key refresh example.org`);
      await until(`named has serial ${serial}`, async () => (await dig("www.example.org", "A")) === address);
      await until(`it is stored`, async () => (await host.sh(`grep -q ${address} ${file}`)).code === 0);
    };
    writeFileSync(host.path("/srv/primary/named.conf"), primary(ports.primary));
    await serve(1, "192.0.2.1");
    expect(await host.must(`stat -c '%U:%G %a' ${file}`)).toBe("named:named 644\n");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "secondaries")).toStrictEqual({
      "conf/secondaries/example.org.zone": "named:named 0644 => named:named 0440",
    });
    ok(await stack.up());
    expect(await host.must(`stat -c '%U:%G %a' ${file}`)).toBe("named:named 440\n");
    await serve(2, "192.0.2.2");
  });
});

function primary(at: number): string {
  return `options {
  directory "/srv/primary"; pid-file "/srv/primary/pid"; session-keyfile "/srv/primary/key"; lock-file none;
  listen-on port ${at} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; allow-transfer { 127.0.0.1; }; notify no;
};
controls { };
zone "example.com" { type primary; file "zone"; };
zone "example.org" { type primary; file "zone"; };
`;
}

function zone(address: string, serial = 1): string {
  return `$TTL 60
@ IN SOA ns hostmaster ${serial} 1 1 3600 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A ${address}
`;
}
