import { expect, test } from "@jest/globals";
import type { DnsCheck } from "../../provider/fleet/gate";
import { startDaemon } from "../support/daemon";
import { freePort } from "../support/free-port";
import { closing, gateOn } from "../support/run-gate";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const zone = `$TTL 60
@    SOA  ns1.example.com. admin.example.com. ( 2026120101 3600 600 86400 60 )
     NS   ns1.example.com.
     MX   10 mail.example.com.
     TXT  "v=spf1 " "-all"
ns1  A    127.0.0.1
www  A    192.0.2.80
     AAAA 2001:db8::80
web  CNAME www
_ldap._tcp SRV 1 2 389 ldap.example.com.
`;
const conf = (port: number) => `options {
  directory "/srv"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; recursion no;
};
controls { };
zone "example.com" { type primary; file "/srv/zone"; };
`;

let port: number;
useHost({}, async (host: LabHost) => {
  port = await freePort();
  await host.must("cat >/srv/zone", { stdin: zone });
  await host.must("cat >/srv/named.conf", { stdin: conf(port) });
  const isUp = async () => (await gateOn({ ns1: "127.0.0.1" }, { tcp: { port }, timeout: 0.1 })).isOpen;
  await startDaemon(host, ["/usr/sbin/named", "-g", "-c", "/srv/named.conf"], isUp);
});

const ask = (dns: DnsCheck, timeout = 60) => gateOn({ ns1: "127.0.0.1" }, { dns: { ...dns, port }, timeout });

test("answers of each type open the gate, in any spelling of the same name and address", async () => {
  const checks: DnsCheck[] = [
    { name: "www.example.com" },
    { name: "www.example.com", type: "A", answer: "192.0.2.80" },
    { name: "www.example.com", type: "AAAA", answer: "2001:DB8:0::80" },
    { name: "web.example.com", type: "CNAME", answer: "WWW.example.com." },
    { name: "example.com", type: "NS", answer: "ns1.example.com" },
    { name: "example.com.", type: "MX", answer: "10 mail.example.com." },
    { name: "example.com", type: "SOA", answer: "2026120101" },
    { name: "_ldap._tcp.example.com", type: "SRV", answer: "1 2 389 ldap.example.com" },
    { name: "example.com", type: "TXT", answer: "v=spf1 -all" },
  ];
  const results = await Promise.all(checks.map((check) => ask(check)));
  expect(results.map(({ why }) => why)).toStrictEqual(checks.map(() => undefined));
});

test("an old serial, a missing record, a missing name and a foreign zone are reasons", async () => {
  const checks: [DnsCheck, string][] = [
    [{ name: "example.com", type: "SOA", answer: "2026120102" }, "it answers 2026120101, not 2026120102"],
    [{ name: "example.com", type: "TXT", answer: "V=spf1 -all" }, "it answers v=spf1 -all, not V=spf1 -all"],
    [{ name: "ns1.example.com", type: "AAAA" }, "the name has no record of type AAAA"],
    [{ name: "none.example.com" }, "it knows no such name (NXDOMAIN)"],
    [{ name: "example.org" }, "it refuses the question (REFUSED)"],
  ];
  const results = await Promise.all(checks.map(([check]) => ask(check, closing)));
  expect(results.map(({ why }) => why?.replace(/ \(\d+ tr(y|ies)\)$/, ""))).toStrictEqual(
    checks.map(([, reason]) => `ns1: 127.0.0.1:${port}: ${reason}`),
  );
});
