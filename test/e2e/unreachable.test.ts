import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { useSickHost } from "../support/sick-host";

describe("a host that does not answer", () => {
  const scene = useSickHost();
  const { lab, shared, sick } = scene;

  test("is `not checked` in a preview, beside a healthy one whose drift is shown and repaired; up fails on it alone and keeps the state", async () => {
    const { stack } = shared;
    const { other } = scene;
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
});
