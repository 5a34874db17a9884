import { describe, expect, test } from "@jest/globals";
import { until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useRepairedJail } from "../support/repaired-jail";

describe("a repair", () => {
  const { lab, shared, must } = useRepairedJail();

  test("whose connection is cut between two operations is finished by the next up", async () => {
    const { stack } = shared;
    await must("chown -R www . && chmod 777 etc var");
    // Ends the sshd above it the first time it is to set a mode: the root is closed for the repair then, in part.
    await lab.host.replace(
      "/usr/bin/chmod",
      (original) => `#!/bin/sh
if [ -e /run/lab/cut ]; then exec ${original} "$@"; fi
: >/run/lab/cut
at=$$
while [ "$at" -gt 1 ]; do
  name=$(cat /proc/$at/comm) parent=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$at/status)
  case $name in sshd*) grep -q listener /proc/$at/cmdline || kill -9 $at ;; esac
  at=$parent
done
exit 1
`,
    );
    try {
      const up = failed(await stack.up());
      expect(up).toMatch(/Jail \(app\):\n +error: .*root@127\.0\.0\.1:\d+/);
      expect(up).toMatch(/the connection was cut/);
      expect(up).toMatch(/run the command again/);
      await until(
        "what was closed is open again",
        async () => (await must("stat -c '%U %a' . etc")) === "www 750\nwww 777\n",
      );
      const preview = ok(await stack.preview("--diff"));
      expect(shownDrift(preview, "app")?.["etc"]).toBe("www:www 0777 => root:www 0750");
      ok(await stack.up());
    } finally {
      await lab.host.restore("/usr/bin/chmod");
    }
    expect(await must("find . -user www | wc -l; stat -c %a etc var")).toBe("0\n750\n711\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });
});
