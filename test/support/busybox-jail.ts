import { expect } from "@jest/globals";
import { ok, useLab } from "./e2e";
import type { Declared, DeclaredRule } from "./program";
import { useSharedStack } from "./shared-stack";

/**
 * A jail at `/srv/app` of a host with BusyBox alone, declared and not made yet, or as it is after an `up`, with a file
 * in `etc`. To be called in a describe.
 */
export function useBusyboxJail({ isMade = false } = {}) {
  const lab = useLab({ flavour: "busybox", countScans: false });
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  const declaration = (more: Record<string, DeclaredRule> = {}): Declared => ({
    jails: {
      app: lab.jail("/srv/app", {
        directories: { etc: "settings", "var/run": "the PID" },
        writable: { "var/spool": "what comes in" },
      }),
    },
    rules: {
      var: { jail: "app", match: "var", group: "root", directoryMode: "0711", reason: "only the way" },
      share: { jail: "app", match: "etc", special: ["setgid"] },
      ...more,
    },
  });
  const shared = useSharedStack(lab, async (stack) => {
    stack.declare(declaration());
    if (!isMade) return;
    ok(await stack.up());
    await must("touch etc/conf && chgrp www etc/conf && chmod 640 etc/conf");
  });
  const clean = async () => {
    const preview = ok(await shared.stack.preview("--expect-no-changes"));
    expect(preview).toMatch(/4 unchanged/);
    expect(ok(await shared.stack.preview("--expect-no-changes", "--refresh"))).toMatch(/4 unchanged/);
    return preview;
  };
  return { lab, shared, must, declaration, clean };
}
