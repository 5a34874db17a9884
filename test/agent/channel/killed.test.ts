import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ChrootError } from "../../../provider/errors";
import { observe } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const flag = "/run/lab/kill";
let host: LabHost;
useHost({}, async (made) => {
  host = made;
  await host.must("mkdir -p /run/lab /srv/jail/etc; cd /srv/jail/etc; seq 3000 | xargs touch; setfacl -m u:7:r 1");
});

/** Kills one of the processes above it, up to the agent itself, as a host without free memory does; then goes on if it can. */
function killer(original: string): string {
  return `#!/bin/sh
case "$*" in
  *'MARK'*)
    if { read -r levels <${flag} && rm ${flag}; } 2>/dev/null; then
      victim=$$
      while [ "$levels" -gt 0 ]; do
        read -r _ _ _ victim _ </proc/$victim/stat
        levels=$((levels - 1))
      done
      kill -KILL "$victim"
    fi
    ;;
esac
exec ${original} "$@"
`;
}

for (const [what, tool, mark] of [
  ["find", "/usr/bin/find", "%l"],
  ["the find before getfacl", "/usr/bin/find", "! -type l"],
  ["getfacl", "/usr/bin/getfacl", ""],
  ["getcap", "/usr/sbin/getcap", ""],
  ["what reads the accounts", "/usr/bin/cut", "passwd"],
] as const)
  test(`a look is whole or fails when ${what} is killed, or a shell above it`, async () => {
    await host.replace(tool, (original) => killer(original).replace("MARK", mark));
    try {
      const site = siteOn(host, "/srv/jail", { perDialTimeout: 3 });
      const whole = await observe(site);
      expect(whole.entries.size).toBe(3002);
      let failed = 0;
      for (let levels = 0; levels <= 5; levels++) {
        writeFileSync(host.path(flag), `${levels}\n`);
        const seen = await observe(site).catch((error: unknown) => {
          assert.ok(error instanceof ChrootError, String(error));
          assert.ok(["unreadable", "cut", "ended", "silent", "operation"].includes(error.code), error.message);
          return undefined;
        });
        if (!seen) failed++;
        else assert.deepEqual(seen, whole, `${levels} levels up`);
        await host.must(`rm -f ${flag}`);
      }
      assert.ok(failed >= 3, `${failed} looks have failed`);
    } finally {
      await host.restore(tool);
    }
  });
