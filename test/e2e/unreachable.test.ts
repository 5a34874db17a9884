import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { LabConnection, LabHost } from "../support/sshd";
import type { Stack } from "../support/stack";

describe("a host that does not answer", () => {
  const lab = useLab();
  let other: LabHost;
  let stack: Stack;
  /** Both jails; `hostKey: undefined` pins none. */
  const declare = (changes: { hostKey?: string | undefined } = {}) => {
    const connection = { ...other.connection, perDialTimeout: 2, ...changes } as LabConnection;
    stack.declare({
      jails: {
        bad: { connection, root: "/srv/bad" },
        good: lab.jail("/srv/good", { directories: { etc: "settings" } }),
      },
      rules: { rule: { jail: "bad", match: "x", fileMode: "0600" } },
    });
  };

  // A healthy host beside one that each test makes sick in its own way, and well again.
  beforeAll(async () => {
    other = await lab.anotherHost();
    stack = await lab.stack();
    declare();
    ok(await stack.up());
    await other.must("chmod 777 /srv/bad");
  });

  /** The preview's log about the unreachable host. The preview must go on and show the drift of the other host. */
  async function sick(): Promise<string> {
    await lab.host.must("chmod 777 /srv/good/etc");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "good")).toStrictEqual({ etc: "root:www 0777 => root:www 0750" });
    const said = shownDrift(preview, "bad");
    assert.deepEqual(shownDrift(preview, "rule"), said, "all resources of the jail say so");
    expect(Object.keys(said ?? {})).toStrictEqual(["(host)"]);
    const place = `root@127.0.0.1:${other.port}:/srv/bad: `;
    const [logged, ...more] = linesWith(preview, place).map((line) => line.split(place)[1] ?? "");
    assert.deepEqual(more, ["not checked: as Jail::bad says"], "one line for each resource, in full once");
    // The CLI truncates a value that it shows.
    expect(logged?.slice(0, 140)).toBe(said?.["(host)"]?.slice(0, 140));
    return logged ?? "";
  }

  test("is `not checked` in a preview, beside a healthy one whose drift is shown and repaired; up fails on it alone and keeps the state", async () => {
    await other.stopSshd();
    try {
      expect(await sick()).toMatch(/^not checked: .*(refused|ECONNREFUSED)/);
      failed(await stack.preview("--expect-no-changes"));
      const up = failed(await stack.up("--continue-on-error"));
      expect(up).toMatch(new RegExp(`root@127\\.0\\.0\\.1:${other.port}:/srv/bad: .*ECONNREFUSED`));
      assert.match(up, /ECONNREFUSED.*\n.*(sshd|connection\.port)/, "says what to do");
      expect((await lab.host.must("stat -c %a /srv/good/etc")).trim()).toBe("750");
      expect(
        stack
          .resources()
          .map(({ urn }) => urn.split("::").at(-1))
          .slice(2)
          .sort(),
      ).toStrictEqual(["bad", "good", "rule"]);
      const refresh = ok(await stack.refresh("--diff"));
      expect(shownDrift(refresh, "bad")?.["(host)"] ?? "").toMatch(/^not checked: /);
      expect(refresh).not.toMatch(/delete/);
    } finally {
      await other.startSshd();
    }
    // The refresh left its remark in the state; it goes without a word about paths that are right.
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "bad")).toStrictEqual({ ".": "root:www 0777 => root:www 0750" });
    expect(shownDrift(preview, "rule")).toBe(undefined);
    ok(await stack.up());
    await other.must("chmod 777 /srv/bad");
  });

  test("is given up after perDialTimeout when it hangs", async () => {
    other.freeze();
    const begin = Date.now();
    try {
      expect(await sick()).toMatch(/^not checked: no answer for 2 s \(.*\); .*perDialTimeout/);
    } finally {
      other.thaw();
    }
    assert.ok(Date.now() - begin < 20_000, "a bounded wait");
  });

  test("whose key is not the pinned one is refused with both fingerprints, and up sends it nothing", async () => {
    declare({ hostKey: lab.host.hostKey });
    other.resetCounts();
    const said = await sick();
    expect(said).toMatch(
      /not checked: its host key has changed \(.*SHA256:\S+ \(ssh-ed25519\), known is SHA256:\S+ \(ssh-ed25519\) \(connection\.hostKey\)/,
    );
    failed(await stack.preview("--expect-no-changes"));
    const up = failed(await stack.up());
    expect(up).toMatch(new RegExp(`root@127\\.0\\.0\\.1:${other.port}:/srv/bad: its host key has changed`));
    assert.equal(other.connections(), 0, "no login");
    declare();
  });

  test("whose key nobody knows is refused, with the fingerprint and what to do", async () => {
    declare({ hostKey: undefined });
    other.resetCounts();
    expect(await sick()).toMatch(
      /^not checked: its host key is not known: it offers SHA256:.*known_hosts.*(ssh-keyscan|connection\.hostKey)/,
    );
    assert.equal(other.connections(), 0, "no login");
    declare();
  });
});
