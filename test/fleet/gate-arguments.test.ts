import { expect, test } from "@jest/globals";
import type { GateDeclaration } from "../../provider/fleet/gate";
import { gateMistake, gatesMistake } from "../../provider/fleet/gate-arguments";

const right: GateDeclaration[] = [
  { tcp: { port: 53 } },
  { tcp: { port: 65_535, host: "2001:db8::1" }, name: "a name", timeout: 0.5, interval: 0.01 },
  { dns: { name: "example.com" } },
  { dns: { name: "_sip._tcp.example.com", type: "SRV", server: "ns.example.com", port: 5353, answer: "1 2 3 a" } },
  { http: { url: "http://{host}:8080/health?token=x" } },
  { http: { url: "https://www.example.com/", status: 301, contains: "ok" } },
  { unit: "named.service" },
  { unit: "systemd-fsck@dev-disk-by\\x2dlabel-root.service" },
  { command: "test -s /run/x && rndc status" },
  { noDrift: true, timeout: 1200 },
  { soak: 600 },
];

test("gates of each kind are accepted", () => {
  expect(right.map(gateMistake)).toStrictEqual(right.map(() => undefined));
  expect(gatesMistake(right)).toBeUndefined();
});

const wrong: [unknown, RegExp][] = [
  [undefined, /^the gate is missing$/],
  ["tcp 53", /^the gate must be an object, not a string$/],
  [{}, /^the gate has no check: give it one of tcp, dns, http, unit, command, noDrift, soak$/],
  [{ tcp: undefined }, /^the gate has no check: give it one of/],
  [{ timeout: 5 }, /^the gate has no check/],
  [{ tcp: { port: 53 }, unit: "a.service" }, /^tcp and unit are two checks: make two gates/],
  [{ tcp: { port: 0 } }, /^tcp\.port must be 1 or more$/],
  [{ tcp: { port: 65_536 } }, /^tcp\.port must be 65535 or less$/],
  [{ tcp: { port: 1.5 } }, /^tcp\.port must be a whole number$/],
  [{ tcp: {} }, /^tcp\.port is missing$/],
  [{ tcp: { port: 53, host: "a b" } }, /^tcp\.host is no name or address of a server$/],
  [{ tpc: { port: 53 } }, /^tpc is not known: did you mean tcp\?$/],
  [{ tcp: { prot: 53, port: 53 } }, /^tcp\.prot is not known: did you mean port\?$/],
  [{ soak: 5, "\u001b[2J\u202e": 1 }, /^\\x1b\[2J\\xe2\\x80\\xae is not known: correct its name, or leave it out$/],
  [{ dns: { name: "example.com", type: "ANY" } }, /^dns\.type must be "A" or "AAAA" or/],
  [{ dns: { name: "ex ample" } }, /^dns\.name is no name in the DNS/],
  [{ dns: { name: "example.com", answer: "" } }, /^dns\.answer is empty$/],
  [{ http: { url: "{host}:80" } }, /^http\.url is no URL: write it as http:\/\/\{host\}:8080\/health$/],
  [{ http: { url: "file:///etc/passwd" } }, /^http\.url is no URL/],
  [{ http: { url: "http://a:canary@b/" } }, /^http\.url has a user or a password in it/],
  [{ http: { url: "http://a/", status: 100 } }, /^http\.status must be 200 or more$/],
  [{ http: { url: "http://a/", contains: "" } }, /^http\.contains is empty$/],
  [{ unit: "named.service; reboot" }, /^unit is no name of a unit/],
  [{ unit: "-H" }, /^unit is no name of a unit/],
  [{ unit: "a'b" }, /^unit is no name of a unit/],
  [{ unit: "*.service" }, /^unit is no name of a unit/],
  [{ command: " \n" }, /^command is empty$/],
  [{ command: "a\0b" }, /^command has a NUL character/],
  [{ noDrift: false }, /^noDrift must be true$/],
  [{ soak: 0 }, /^soak must be more than 0$/],
  [{ soak: 604_801 }, /^soak must be 604800 or less$/],
  [{ soak: Number.NaN }, /^soak must be a number of seconds$/],
  [{ soak: "10m" }, /^soak must be a number, not a string$/],
  [{ soak: 5, timeout: 9 }, /^timeout has no effect on soak: leave it out$/],
  [{ tcp: { port: 1 }, timeout: -1 }, /^timeout must be more than 0$/],
  [{ tcp: { port: 1 }, interval: 0 }, /^interval must be more than 0$/],
  [{ tcp: { port: 1 }, name: " " }, /^name is empty: give a name, or leave it out$/],
];

test.each(wrong)("the mistake in %j is told, beginning with its property, and without a password", (gate, words) => {
  expect(gateMistake(gate)).toMatch(words);
  expect(gateMistake(gate)).not.toMatch(/canary/);
});

test("the mistakes of a list name the gate, also where two have one name", () => {
  expect(gatesMistake([{ soak: 5 }, { tcp: { port: 0 } }])).toBe("gates[1]: tcp.port must be 1 or more");
  const named = [{ tcp: { port: 53 } }, { soak: 1 }, { unit: "a", name: "tcp 53" }];
  expect(gatesMistake(named)).toBe("gates[0] and gates[2] are both called tcp 53: give one of them a name");
});
