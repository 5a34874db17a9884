import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import type { LabHost } from "../support/sshd";

describe("a preview", () => {
  const lab = useLab();
  const counts = (host: LabHost) => [host.connections(), host.scans()];

  test("of jails with many rules, on one host and on two, takes one connection to each host and one scan of each jail", async () => {
    const other = await lab.anotherHost();
    const stack = await lab.stack();
    const directories = { a: "one", b: "two", c: "three", d: "four" };
    const jails = {
      one: lab.jail("/srv/one", { directories }),
      two: lab.jail("/srv/two", { directories }),
      far: { connection: other.connection, root: "/srv/one", directories },
    };
    const rules = Object.keys(jails).flatMap((jail) =>
      Object.keys(directories).map((match) => [`${jail}-${match}`, { jail, match, directoryMode: "0711" }] as const),
    );
    stack.declare({ jails, rules: Object.fromEntries(rules) });

    expect(ok(await stack.preview())).toMatch(/\+ 16 to create/);
    assert.deepEqual(counts(lab.host)[0], 1, "of a host that has none of the jails");
    lab.host.resetCounts();
    other.resetCounts();
    ok(await stack.up());
    expect(lab.host.connections()).toBe(1);
    assert.ok(lab.host.scans() <= 2 * 4 * 2, `${lab.host.scans()} scans for 8 rules and 2 jails: runs are shared`);

    await lab.host.must("chmod 777 /srv/*/a");
    await other.must("chmod 777 /srv/one/b");
    lab.host.resetCounts();
    other.resetCounts();
    const preview = ok(await stack.preview("--diff"));
    expect(counts(lab.host)).toStrictEqual([1, 2]);
    expect(counts(other)).toStrictEqual([1, 1]);
    expect(shownDrift(preview, "two-a")).toStrictEqual({ a: "0777 => 0711" });
    expect(shownDrift(preview, "far-b")).toStrictEqual({ b: "0777 => 0711" });
    expect(preview).toMatch(/~ 3 to update\n +13 unchanged/);
  });

  test("of many files looks at all of them together", async () => {
    const stack = await lab.stack({ project: "files" });
    const names = Array.from({ length: 20 }, (_, index) => `file${index}`);
    await lab.host.must(`mkdir /etc/src; cd /etc/src; touch ${names.join(" ")}`);
    const of = (path: string, index: number) =>
      index % 2 === 0 ? { content: path, hostLink: `/etc/src/to-${path}` } : { hostFile: `/etc/src/${path}` };
    stack.declare({
      jails: { app: lab.jail("/srv/files") },
      files: Object.fromEntries(names.map((path, index) => [path, { jail: "app", path, ...of(path, index) }])),
    });
    lab.host.resetCounts();
    expect(ok(await stack.preview())).toMatch(/\+ 22 to create/);
    // One request each for the jail, its files, other jails' claims to them, and the processes.
    assert.ok(lab.host.commands() <= 4, `${lab.host.commands()} agents`);
  });
});
