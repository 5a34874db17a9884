import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { bound, inodes, undisturbed, until } from "../support/daemon";
import { failed, ok } from "../support/e2e";
import { root, useNamed } from "../support/named-server";

describe("named in the jail of examples/named", () => {
  const { example, ports, edit, dig, answersRight } = useNamed({ isServing: true });

  test("a configuration that named would not take fails up, and named answers as before", async () => {
    const { host, stack } = example;
    const before = inodes(host, root);
    edit("named.conf", (text) => `${text}zone "example.net" { type primary };\n`);
    const up = failed(await stack.up());
    expect(up).toMatch(
      /etc\/named\.conf: cannot be put in place: named-checkconf -t \/chroot\/named \/etc\/named\.conf refuses it/,
    );
    expect(up).toMatch(/missing ';' before '}'/);
    edit("named.conf", (text) => text.replace(/zone "example\.net".*\n/, ""));
    // The jail's root is where the file was made, and is not any more.
    const [rootBefore, ...filesBefore] = before;
    const [rootNow, ...files] = inodes(host, root);
    expect(files).toStrictEqual(filesBefore);
    expect(rootNow?.split(" ")[1]).toBe(rootBefore?.split(" ")[1]);
    assert.ok(await answersRight());
    ok(await stack.preview("--expect-no-changes"));
  });

  test("what is changed in the program counts at once, and no client notices but by the answer", async () => {
    const { host, stack } = example;
    const [before] = bound(host, "udp", ports.dns);
    edit("example.com.zone", (text) => text.replace("hostmaster 1 ", "hostmaster 2 ").replace("2.80", "2.81"));
    edit("named.conf", (text) => text.replace("recursion no;", 'recursion no; version "none";'));
    await undisturbed(answersRight, async () => ok(await stack.up()));
    await until("named has the new zone", async () => (await dig("www.example.com", "A")) === "192.0.2.81");
    const { stdout } = await host.run([
      "dig",
      "@127.0.0.1",
      "-p",
      `${ports.dns}`,
      "+short",
      "CH",
      "TXT",
      "version.bind",
    ]);
    expect(stdout).toBe('"none"\n');
    expect(await host.must("cat /run/rndc")).toMatch(new RegExp(`^(-k ${root}/etc/rndc.key reload\n){1,2}$`));
    assert.equal(bound(host, "udp", ports.dns)[0]?.pid, before?.pid, "it is the same process");
    ok(await stack.preview("--expect-no-changes"));
  });
});
