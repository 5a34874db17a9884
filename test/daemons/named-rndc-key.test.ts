import { describe, expect, test } from "@jest/globals";
import { bound, until } from "../support/daemon";
import { failed, ok } from "../support/e2e";
import { rndcKey, root, useNamed } from "../support/named-server";

describe("named in the jail of examples/named", () => {
  const { example, ports, edit, serve, dig } = useNamed({ isServing: true });

  test("a new key for rndc counts when named is started again; until then a change is taken back", async () => {
    const { host, stack } = example;
    ok(await stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey.replace(/^a/, "b")));
    ok(await stack.up());
    edit("example.com.zone", (text) => text.replace("hostmaster 1 ", "hostmaster 2 ").replace("2.80", "2.81"));
    const before = await host.must(`cat ${root}/conf/example.com.zone`);
    expect(failed(await stack.up())).toMatch(/: sh -c .* has failed: .*the file is as it was before/s);
    expect(await host.must(`cat ${root}/conf/example.com.zone`)).toBe(before);
    expect(await dig("www.example.com", "A")).toBe("192.0.2.80");
    await host.must(`kill $(cat ${root}/var/run/named.pid)`);
    await until("named has ended", () => bound(host, "udp", ports.dns).length === 0);
    await serve();
    ok(await stack.up());
    await until("named has the new zone", async () => (await dig("www.example.com", "A")) === "192.0.2.81");
    ok(await stack.preview("--expect-no-changes"));
  });
});
