import type { Door } from "./doors";
import { ok, useLab } from "./e2e";
import type { Declared } from "./program";
import type { Stack } from "./stack";

/** A host for the tests of one file, with a stack that has converged a jail, and files in it that no resource declares. */
export function useDrift(door: Door) {
  const lab = useLab();
  /** A jail with two directories, a place to write and a rule. */
  const declaration = (mode: string, reason: string): Declared => ({
    jails: {
      app: lab.jail("/srv/app", {
        directories: { etc: "settings", "var/run": "the PID" },
        writable: { spool: "what comes in" },
        adopt: true,
      }),
    },
    rules: { var: { jail: "app", match: "var", group: "root", directoryMode: mode, reason } },
  });
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  const begin = async (mode = "0711", reason = "only the way"): Promise<Stack> => {
    // They are there before the up, or previews would mark them as new.
    await lab.host.must(
      "umask 027; mkdir -p /srv/app/etc && cd /srv/app/etc && touch conf key tool dir.d && chgrp www *",
    );
    const stack = await lab.stack();
    door.declare(stack, declaration(mode, reason));
    ok(await stack.up());
    return stack;
  };
  return { lab, declaration, must, begin };
}
