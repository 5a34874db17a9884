import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed } from "../support/e2e";
import { useSickHost } from "../support/sick-host";

describe("a host that does not answer", () => {
  const scene = useSickHost();
  const { lab, shared, declare, sick } = scene;

  test("whose key is not the pinned one is refused with both fingerprints, and up sends it nothing", async () => {
    const { other } = scene;
    const { stack } = shared;
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
    const { other } = scene;
    declare({ hostKey: undefined });
    other.resetCounts();
    expect(await sick()).toMatch(
      /^not checked: its host key is not known: it offers SHA256:.*known_hosts.*(ssh-keyscan|connection\.hostKey)/,
    );
    assert.equal(other.connections(), 0, "no login");
    declare();
  });
});
